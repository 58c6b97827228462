use super::super::edit::{Wish, groups};
use super::super::json::{Node, parse};
use super::super::package::Section;
use crate::change::{ChangeGroup, TextEdit};

fn apply(text: &str, groups: &[&ChangeGroup]) -> String {
    let mut edits: Vec<&TextEdit> = groups.iter().flat_map(|group| &group.edits).collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    for pair in edits.windows(2) {
        assert!(pair[0].end <= pair[1].start, "edits do not overlap");
    }
    let mut out = text.to_string();
    for edit in edits.iter().rev() {
        out.replace_range(edit.start as usize..edit.end as usize, &edit.text);
    }
    out
}

fn span(json: &Node, section: &str, name: &str) -> std::ops::Range<usize> {
    json.get(section).unwrap().entries().iter().find(|entry| entry.key == name).unwrap().span.clone()
}

fn remove(json: &Node, section: &str, name: &str) -> Wish {
    Wish::Remove { span: span(json, section, name), title: format!("remove {name} from {section}") }
}

fn shift(json: &Node, name: &str, from: Section, to: Section) -> Wish {
    Wish::Move {
        span: span(json, from.key(), name),
        to,
        title: format!("move {name} from {} to {}", from.key(), to.key()),
    }
}

fn all(text: &str, wishes: impl Fn(&Node) -> Vec<Wish>) -> String {
    let json = parse(text).unwrap();
    let groups = groups(text, &json, &wishes(&json));
    apply(text, &groups.iter().collect::<Vec<_>>())
}

const PLAIN: &str = "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b\": \"2\",\n    \"d\": \"4\"\n  },\n  \"devDependencies\": {\n    \"c\": \"3\"\n  }\n}\n";

#[test]
fn removing_an_entry_takes_its_line_and_nothing_else() {
    let first = all(PLAIN, |json| vec![remove(json, "dependencies", "a")]);
    assert_eq!(first, PLAIN.replace("    \"a\": \"1\",\n", ""));
    let last = all(PLAIN, |json| vec![remove(json, "dependencies", "d")]);
    assert_eq!(last, PLAIN.replace(",\n    \"d\": \"4\"", ""));
}

#[test]
fn windows_line_ends_tabs_and_a_missing_final_line_break_survive() {
    let text = "\u{feff}{\r\n\t\"dependencies\": {\r\n\t\t\"a\": \"1\",\r\n\t\t\"b\": \"2\"\r\n\t}\r\n}";
    assert_eq!(all(text, |json| vec![remove(json, "dependencies", "b")]), text.replace(",\r\n\t\t\"b\": \"2\"", ""));
    let line = "{\"dependencies\":{\"a\":\"1\",\"b\":\"2\"}}";
    assert_eq!(all(line, |json| vec![remove(json, "dependencies", "a")]), "{\"dependencies\":{\"b\":\"2\"}}");
}

#[test]
fn a_section_that_loses_all_entries_goes_as_npm_does_it() {
    let without = all(PLAIN, |json| vec![remove(json, "devDependencies", "c")]);
    assert_eq!(without, PLAIN.replace(",\n  \"devDependencies\": {\n    \"c\": \"3\"\n  }", ""));
    let both = all(PLAIN, |json| {
        let mut wishes: Vec<Wish> = ["a", "b", "d"].map(|name| remove(json, "dependencies", name)).to_vec();
        wishes.push(remove(json, "devDependencies", "c"));
        wishes
    });
    assert_eq!(both, "{\n  \"name\": \"x\"\n}\n");
}

#[test]
fn a_moved_entry_lands_in_the_order_of_its_new_section() {
    let moved = all(PLAIN, |json| vec![shift(json, "b", Section::Production, Section::Development)]);
    let expected =
        PLAIN.replace("    \"b\": \"2\",\n", "").replace("    \"c\": \"3\"", "    \"b\": \"2\",\n    \"c\": \"3\"");
    assert_eq!(moved, expected);
    let back = all(PLAIN, |json| vec![shift(json, "c", Section::Development, Section::Production)]);
    assert_eq!(
        back,
        "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b\": \"2\",\n    \"c\": \"3\",\n    \"d\": \"4\"\n  }\n}\n"
    );
}

#[test]
fn a_move_without_a_place_to_go_changes_nothing() {
    let text = "{\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b\": \"1\"\n  }\n}\n";
    assert_eq!(all(text, |json| vec![shift(json, "a", Section::Production, Section::Development)]), text);
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn manifest(dice: &mut Dice) -> String {
    let (line, unit) = [("\n", "  "), ("\r\n", "\t"), ("", ""), ("\n", "    ")][dice.below(4) as usize];
    let mut sections = vec![format!("{unit}\"name\": \"x\"")];
    for (index, section) in ["dependencies", "devDependencies"].iter().enumerate() {
        let count = dice.below(6);
        let names = (0..count)
            .map(|at| format!("{unit}{unit}\"{}\": \"^{at}\"", char::from(b'a' + (at * 2 + index as u64) as u8)));
        let entries = names.collect::<Vec<_>>().join(&format!(",{line}"));
        sections.push(format!("{unit}\"{section}\": {{{line}{entries}{line}{unit}}}"));
        if dice.below(3) == 0 {
            sections.push(format!("{unit}\"other{index}\": []"));
        }
    }
    format!("{{{line}{}{line}}}{line}", sections.join(&format!(",{line}")))
}

#[test]
fn every_subset_of_the_groups_leaves_json_in_which_only_what_the_groups_name_has_changed() {
    let mut dice = Dice(11);
    for _ in 0..400 {
        let text = manifest(&mut dice);
        let json = parse(&text).unwrap();
        let mut wishes = Vec::new();
        for (from, to) in [(Section::Production, Section::Development), (Section::Development, Section::Production)] {
            for entry in json.get(from.key()).unwrap().entries() {
                match dice.below(4) {
                    0 => wishes.push(remove(&json, from.key(), &entry.key)),
                    1 => wishes.push(shift(&json, &entry.key, from, to)),
                    _ => {}
                }
            }
        }
        let groups = groups(&text, &json, &wishes);
        for subset in 0..1u32 << groups.len().min(7) {
            let chosen: Vec<&ChangeGroup> =
                groups.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1).map(|(_, group)| group).collect();
            let changed = apply(&text, &chosen);
            let after = parse(&changed).unwrap_or_else(|error| panic!("{error} in {changed}"));
            let titles: Vec<&str> = chosen.iter().flat_map(|group| group.title.split("; ")).collect();
            for section in [Section::Production, Section::Development] {
                for entry in json.get(section.key()).unwrap().entries() {
                    let gone = titles.iter().any(|title| {
                        *title == format!("remove {} from {}", entry.key, section.key())
                            || title.starts_with(&format!("move {} from {} ", entry.key, section.key()))
                    });
                    let moved = titles.iter().find_map(|title| {
                        title.strip_prefix(&format!("move {} from {} to ", entry.key, section.key()))
                    });
                    let has = |section: &str| after.get(section).is_some_and(|node| node.get(&entry.key).is_some());
                    assert_eq!(has(section.key()), !gone, "{} in {changed}", entry.key);
                    assert!(moved.is_none_or(has), "{} moved in {changed}", entry.key);
                }
            }
        }
    }
}

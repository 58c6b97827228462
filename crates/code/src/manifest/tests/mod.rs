mod edits;
mod reading;
mod trees;

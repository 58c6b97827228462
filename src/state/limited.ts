/**
 * Calls `work` for each item, at most `width` at a time (default 16), and keeps the order of the answers. After a
 * failure nothing new is started, and what was started has ended when the failure is passed on.
 */
export async function limited<T, R>(items: readonly T[], work: (item: T) => Promise<R>, width = 16): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const entries = items.entries();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const [index, item] of entries) {
      if (failures.length > 0) return;
      try {
        answers[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return answers;
}

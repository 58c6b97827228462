/** Calls `work` for each item, at most `width` at a time (default 16), and keeps the order of the answers. */
export async function limited<T, R>(items: readonly T[], work: (item: T) => Promise<R>, width = 16): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const entries = items.entries();
  const lane = async () => {
    for (const [index, item] of entries) answers[index] = await work(item);
  };
  // All lanes end before a failure is passed on: nothing of this call goes on behind the caller's back.
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  const failed = lanes.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return answers;
}

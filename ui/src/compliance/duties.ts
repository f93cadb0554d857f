type Duty = { header: unknown; event: unknown };

/** Decisions to approve or deny, against who requested and who wrote what was decided. */
export function keptDuties(entries: Duty[]): { looked: number; broken: string[] } {
  const asked = new Map<string, { requester?: string; author?: string }>();
  const key = (e: Duty) => `${(e.header as { run?: string }).run}/${(e.event as { gate?: string }).gate}`;
  for (const e of entries) if ('requester' in (e.event as object)) asked.set(key(e), e.event as { requester?: string; author?: string });
  const decided = entries.filter((e) => ['APPROVE', 'DENY'].includes(String((e.event as { verdict?: string }).verdict)) && asked.has(key(e)));
  const broken = decided.filter((e) => {
    const { approver } = e.event as { approver?: string };
    const of = asked.get(key(e));
    return approver === of?.requester || approver === of?.author;
  });
  return { looked: decided.length, broken: broken.map(key) };
}

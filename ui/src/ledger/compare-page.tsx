import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { raw, read, told } from '../lib/api';
import { count } from '../lib/money';
import { go, usePlace, withQuery } from '../lib/router';
import { Hash, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import type { Check } from './check';
import { Checks } from './checks';
import { consistency, equal, hex, unbase64 } from './merkle';
import { judge, parseCheckpoint, parsePolicy } from './note';
import { useTrust } from './trust';

/** That an earlier checkpoint is the beginning of a later one: nothing was taken out or changed between them. */
export default function ComparePage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const { trust } = useTrust(scope.tenant);
  const head = useQuery({ queryKey: ['head', scope.workspace], queryFn: () => told(read.GET('/v1/ledgers/{ws}/head', { params: { path: { ws: scope.workspace } } })) });
  const newest = head.data?.cosigned?.size ?? 0;
  const from = Number(place.query.get('from')) || Math.max(1, Math.floor(newest / 2));
  const to = Number(place.query.get('to')) || newest;
  const [a, setA] = useState('');
  const [b, setB] = useState('');
  const compared = useQuery({
    queryKey: ['compare', scope.workspace, from, to, trust?.policy],
    enabled: to > 0 && trust !== undefined,
    queryFn: async () => {
      const get = async (covering: number) => parseCheckpoint(await (await raw(`/v1/ledgers/${encodeURIComponent(scope.workspace)}/checkpoint?covering=${covering}`)).text());
      const [old, fresh] = [await get(from), await get(to)];
      const proof = await told(read.GET('/v1/ledgers/{ws}/consistency', { params: { path: { ws: scope.workspace }, query: { from: old.size, to: fresh.size } } }));
      const roots = await consistency(old.size, fresh.size, old.root, proof.hashes.map(unbase64));
      const sound = equal(roots.old, old.root) && equal(roots.new, fresh.root);
      const policy = await parsePolicy(trust?.policy ?? 'quorum none');
      const checks: Check[] = [{ id: 'consistency', name: `Checkpoint ${count(old.size)} is the beginning of ${count(fresh.size)}`, outcome: sound ? 'pass' : 'fail', detail: `${proof.hashes.length} hashes; both roots were computed here` }];
      for (const point of [old, fresh]) {
        const said = await judge(point, policy);
        checks.push({ id: `log-${point.size}`, name: `Checkpoint ${count(point.size)} is signed by the log`, outcome: said.known ? (said.log ? 'pass' : 'fail') : 'open', detail: said.known ? 'under the trusted key' : 'the trusted policy has no key of this log' });
        checks.push({ id: `wit-${point.size}`, name: `Checkpoint ${count(point.size)} is cosigned`, outcome: said.needs === 'none' ? 'open' : said.quorum ? 'pass' : 'fail', detail: `${said.witnesses.filter((w) => w.ok).length} of ${said.witnesses.length} witnesses` });
      }
      return { old, fresh, checks };
    },
  });
  return (
    <>
      <div className="page-head">
        <div><h1>Compare two checkpoints</h1><p>If the earlier one is the beginning of the later one, nothing was taken out, changed or put in between.</p></div>
        <form className="row" onSubmit={(e) => { e.preventDefault(); go(withQuery(place, { from: a || String(from), to: b || String(to) })); }}>
          <input className="input" inputMode="numeric" aria-label="Earlier entry" placeholder={`from ${from}`} value={a} onChange={(e) => setA(e.target.value.replace(/\D/g, ''))} style={{ width: 120 }} />
          <input className="input" inputMode="numeric" aria-label="Later entry" placeholder={`to ${to}`} value={b} onChange={(e) => setB(e.target.value.replace(/\D/g, ''))} style={{ width: 120 }} />
          <button type="submit" className="button primary">Compare</button>
        </form>
      </div>
      <section className="card">
        {compared.isPending ? <Skeleton /> : compared.isError ? <Trouble failure={compared.error} again={() => void compared.refetch()} /> : (
          <div className="stack">
            <Checks checks={compared.data.checks} />
            <div className="row soft">Root of {count(compared.data.old.size)} <Hash value={hex(compared.data.old.root)} /> root of {count(compared.data.fresh.size)} <Hash value={hex(compared.data.fresh.root)} /></div>
          </div>
        )}
      </section>
    </>
  );
}

import { useState } from 'react';
import { told, write } from '../lib/api';
import { sealTo } from '../reveal/seal';
import { artifactOf } from '../workflow/artifact';
import { useAct } from '../run/actions';
import { Dialog, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import type { Gate } from './say';

const MOST = 4_000;

/** A question about a call, or its answer; its words are sealed here, and only who may see the call can be shown them. */
export function AskDialog({ scope, gate, callDigest, artifactDigest, verdict, onClose, onDone }: { scope: Scope; gate: Gate; callDigest: string; artifactDigest: string; verdict: 'ASK_INFO' | 'ANSWER_INFO'; onClose: () => void; onDone: () => void }) {
  const [words, setWords] = useState('');
  const { act, busy, failure } = useAct(gate.run);
  const asks = verdict === 'ASK_INFO';
  async function say(key: string) {
    const text = words.trim();
    const comment = text === '' ? undefined : await sealTo((await artifactOf(artifactDigest)).ingestPublicKey, ['airails', '1', 'comment', scope.tenant, gate.run, gate.gate].join('|'), text);
    return told(write.POST('/v1/runs/{run}/gates/{gate}/decisions', { params: { path: { run: gate.run, gate: gate.gate }, header: { 'Idempotency-Key': key } }, body: { verdict, callDigest, channel: 'API', ...(comment ? { comment } : {}) } }));
  }
  return (
    <Dialog
      title={asks ? 'Ask for information' : 'Answer the question'}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>Close</button>
          <button type="button" className="button primary" disabled={busy} onClick={() => void act(say, asks ? 'Asked. The request stays open meanwhile.' : 'Answered. Whoever asked sees it here.').then((done) => done && onDone())}>{asks ? 'Ask' : 'Answer'}{words.trim() === '' ? ' without words' : ''}</button>
        </>
      }
    >
      <p className="soft">{asks ? 'The request stays open and its time goes on.' : 'The request stays open; whoever asked decides with what you say.'} Your words are sealed in this browser: this server can not read them, and they are shown to people who may see the call.</p>
      <label className="field">{asks ? 'What you want to know' : 'Your answer'}<textarea className="input" rows={4} autoFocus maxLength={MOST} value={words} onChange={(e) => setWords(e.target.value)} /></label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}

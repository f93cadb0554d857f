import { money } from '../lib/money';
import { span } from '../lib/time';
import { words } from './status';
import type { Entry } from './timeline';

// What an entry says, in a few words.

const TITLES: Record<string, string> = {
  TRIGGER_RECEIVED: 'Trigger received',
  STEP_SCHEDULED: 'Step scheduled',
  STEP_COMPLETED: 'Step completed',
  STEP_FAILED: 'Step failed',
  POLICY_EVALUATED: 'Policy decided',
  HUMAN_GATE_REQUESTED: 'Approval requested',
  HUMAN_GATE_DECISIONED: 'A person decided',
  TOOL_ACTION_INTENDED: 'Call let out',
  TOOL_ACTION_EXECUTED: 'Call answered',
  MODEL_INVOKED: 'Model answered',
  EVIDENCE_CAPTURED: 'Evidence kept',
  CALL_HELD: 'Call held back',
  HUMAN_GATE_ESCALATED: 'Others are asked',
  CALL_CORRECTED: 'Call corrected',
  BUDGET_RESERVED: 'Budget reserved',
  BUDGET_SETTLED: 'Budget settled',
  WORKFLOW_COMPLETED: 'Run completed',
  WORKFLOW_FAILED: 'Run failed',
  RUN_CANCELLED: 'Run cancelled',
};

export function titleOf(entry: { entryType: string }): string {
  const words = entry.entryType.toLowerCase().replaceAll('_', ' ');
  return TITLES[entry.entryType] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

type Members = Record<string, unknown>;

const EFFECTS: Record<string, string> = { ALLOW: 'allowed', ROUTE: 'allowed, to the pinned model', REQUIRE_HITL: 'a person has to approve it', REQUIRE_STEP_UP: 'a person has to approve it with a passkey', THROTTLE: 'held back for now', DENY: 'denied: nothing was sent' };
const VERDICTS: Record<string, string> = { APPROVE: 'approved', DENY: 'denied', ASK_INFO: 'asked for information', ANSWER_INFO: 'answered', WITHDRAW: 'took the approval back', EXPIRE: 'nobody decided in time' };
const OUTCOMES: Record<string, string> = { SUCCESS: 'done', AMBIGUOUS: 'effect not known', DEFINITE_FAILURE: 'failed, without effect' };

/** What policy said, where an entry is about that. */
export function effectOf(entry: Entry): string | undefined {
  return ((entry.event as Members).decision as { effect?: string } | undefined)?.effect;
}

export function detailOf(entry: Entry): string {
  const e = entry.event as Members;
  const amount = (e.amount ?? e.cost) as { nanos?: number; currency?: string } | undefined;
  switch (entry.entryType) {
    case 'POLICY_EVALUATED':
      return EFFECTS[effectOf(entry) ?? ''] ?? effectOf(entry) ?? '';
    case 'STEP_SCHEDULED':
      return [`attempt ${String(e.attempt)}`, e.purpose !== 'PERFORM' ? String(e.purpose).toLowerCase() : ''].filter(Boolean).join(', ');
    case 'STEP_FAILED':
      return `${words(String(e.code))}${e.retryAt ? `, again in ${span(Number(e.retryAt) - entry.recordedAt)}` : ''}`;
    case 'HUMAN_GATE_REQUESTED':
      return `${e.quorum === undefined ? '' : `${String(e.quorum)} of ${String(e.role)}, `}within ${span(Number(e.expiresAt) - entry.recordedAt)}`;
    case 'HUMAN_GATE_ESCALATED':
      return `nobody decided in time; ${String(e.quorum)} of ${String(e.role)}`;
    case 'HUMAN_GATE_DECISIONED':
      return e.verdict === 'EXPIRE' ? VERDICTS.EXPIRE ?? '' : `${String(e.approver)} ${VERDICTS[String(e.verdict)] ?? String(e.verdict).toLowerCase()}`;
    case 'TOOL_ACTION_INTENDED':
      return `${String(e.tool)}.${String(e.action)}`;
    case 'TOOL_ACTION_EXECUTED':
      return `${OUTCOMES[String(e.outcome)] ?? words(String(e.outcome))}${e.httpStatus ? `, HTTP ${String(e.httpStatus)}` : ''}`;
    case 'MODEL_INVOKED':
      return String(e.responseModel || e.model);
    case 'EVIDENCE_CAPTURED':
      return String(e.kind);
    case 'BUDGET_RESERVED':
    case 'BUDGET_SETTLED':
    case 'WORKFLOW_COMPLETED':
      return amount ? money(amount.nanos ?? 0, amount.currency) : '';
    default:
      return words(String(e.code ?? e.reason ?? ''));
  }
}

import { money } from '../lib/money';
import { span } from '../lib/time';
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

export function detailOf(entry: Entry): string {
  const e = entry.event as Members;
  const amount = (e.amount ?? e.cost) as { nanos?: number; currency?: string } | undefined;
  switch (entry.entryType) {
    case 'POLICY_EVALUATED':
      return String((e.decision as Members | undefined)?.effect ?? '');
    case 'STEP_SCHEDULED':
      return [`attempt ${String(e.attempt)}`, e.purpose !== 'PERFORM' ? String(e.purpose).toLowerCase() : ''].filter(Boolean).join(', ');
    case 'STEP_FAILED':
      return `${String(e.code)}${e.retryAt ? `, again in ${span(Number(e.retryAt) - entry.recordedAt)}` : ''}`;
    case 'HUMAN_GATE_REQUESTED':
      return `expires in ${span(Number(e.expiresAt) - entry.recordedAt)}`;
    case 'HUMAN_GATE_DECISIONED':
      return `${String(e.verdict)} by ${String(e.approver)}`;
    case 'TOOL_ACTION_INTENDED':
      return `${String(e.tool)}.${String(e.action)}`;
    case 'TOOL_ACTION_EXECUTED':
      return `${String(e.outcome)}${e.httpStatus ? ` ${String(e.httpStatus)}` : ''}`;
    case 'MODEL_INVOKED':
      return String(e.responseModel || e.model);
    case 'EVIDENCE_CAPTURED':
      return String(e.kind);
    case 'BUDGET_RESERVED':
    case 'BUDGET_SETTLED':
    case 'WORKFLOW_COMPLETED':
      return amount ? money(amount.nanos ?? 0, amount.currency) : '';
    default:
      return String(e.code ?? e.reason ?? '');
  }
}

// A server of the built pages with made-up data, for whoever measures or looks at them without the whole product: it has the
// real one's headers and its shapes (schemas/openapi), a provider that signs in at once, and two clocks: data is as of NOON.
// `node e2e/fixture.mjs` serves until it is stopped and prints its address.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import path from 'node:path';

const FILES = new URL('../target/classes/ai/rails/console/', import.meta.url).pathname;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
export const NOON = Date.parse('2026-03-02T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const sha = (text) => createHash('sha256').update(text).digest('hex');
const digest = (text) => `sha256:${sha(text)}`;
const id = (i) => `018f0000-0000-7000-8000-${String(i).padStart(12, '0')}`;
export const RUN = id(0);
const WS = 'w';
const page = (items) => ({ items });

const ticket = (i) => `INC${String(48_213 - i).padStart(7, '0')}`;
const WORKFLOWS = ['itsm-triage', 'itsm-triage', 'refund'];
export const run = (i) => ({
  run: id(i), workspace: WS, environment: 'prod', workflow: WORKFLOWS[i % 3], version: i % 3 === 2 ? '3.1.0' : '1.4.0', artifactDigest: digest(WORKFLOWS[i % 3]),
  trigger: 'servicenow', requester: 'servicenow-main', externalId: ticket(i), status: i < 3 ? 'RUNNING' : i % 17 === 9 ? 'FAILED' : 'COMPLETED', startedAt: NOON - (i + 1) * 5 * MINUTE,
  ...(i < 3 ? { waiting: [[{ step: 'approve-write', reason: 'GATE', code: 'APPROVAL' }], [{ step: 'classify', reason: 'THROTTLE', code: 'OVER_RATE' }], [{ step: 'pay', reason: 'HUMAN_TASK', code: 'AMBIGUOUS' }]][i] } : { endedAt: NOON - (i + 1) * 5 * MINUTE + 9_000 + ((i * 7919) % 23_000) }),
  ...(i % 17 === 9 ? { failureCode: 'CALL_FAILED' } : {}), position: 48_228 - i,
});
const DISPLAY = [{ assignment_group: 'NET-OPS-EMEA', priority: 'P2', confidence: '0.930' }, { assignment_group: 'IDENTITY', priority: 'P3', confidence: '0.880' }, { amount: '180.00', currency: 'USD' }];
const gate = (i, state = 'OPEN') => ({
  run: id(i), gate: 'approve-write', workspace: WS, workflow: WORKFLOWS[i % 3], externalId: ticket(i), forStep: i % 3 === 2 ? 'pay' : 'update-incident', callId: `c-${i}`, callDigest: digest(`call ${i}`),
  role: 'approver', quorum: i === 5 ? 2 : 1, approvals: state === 'APPROVED' ? 1 : i === 5 ? 1 : 0, requester: 'servicenow-main', author: 'p-builder', display: DISPLAY[i % 3], reasons: [i % 3 === 2 ? 'refund.limit' : 'write.high_impact'], state,
  requestedAt: NOON - (5 + 6 * i) * MINUTE, expiresAt: NOON + (54 - 7 * i) * MINUTE, position: 48_227 - i, signature: i === 2, level: i === 2 ? 1 : 0,
  ...(state === 'OPEN' && i === 0 ? { escalations: [{ at: NOON + 24 * MINUTE, role: 'lead-approver', quorum: 1 }] } : {}),
});
const said = (i, approver, verdict, minutes, more = {}) => ({ approver, verdict, channel: 'API', callDigest: digest(`call ${i}`), stands: verdict === 'APPROVE', decidedAt: NOON - minutes * MINUTE, position: 48_227 - minutes, ...more });
const OPEN = [0, 1, 2, 3, 4, 5, 6].map((i) => gate(i));
const DECIDED = { APPROVED: [9, 10, 12, 14].map((i) => gate(i, 'APPROVED')), DENIED: [11].map((i) => gate(i, 'DENIED')), EXPIRED: [16].map((i) => gate(i, 'EXPIRED')) };

const entry = (position, entryType, event, at, more = {}) => ({ position, entryType, recordedAt: at, leafHash: sha(`leaf ${position}`), header: { occurredAt: at - 20, actor: { id: more.by ?? 'p-admin' }, ...(more.run ? { run: more.run } : {}) }, event });
const RUN_EVENTS = [
  ['TRIGGER_RECEIVED', { trigger: 'servicenow' }, 0],
  ['STEP_SCHEDULED', { step: 'classify', attempt: 1, purpose: 'PERFORM', reason: 'READY' }, 20],
  ['POLICY_EVALUATED', { step: 'classify', decision: { effect: 'ROUTE' } }, 1_720],
  ['TOOL_ACTION_INTENDED', { step: 'classify', callId: 'c-1', tool: 'model', action: 'classify' }, 1_760],
  ['MODEL_INVOKED', { step: 'classify', model: 'small-1', responseModel: 'small-1-0301' }, 3_400],
  ['BUDGET_SETTLED', { step: 'classify', amount: { nanos: 18_700_000, currency: 'USD' } }, 3_420],
  ['TOOL_ACTION_EXECUTED', { step: 'classify', callId: 'c-1', outcome: 'SUCCESS' }, 3_430],
  ['STEP_COMPLETED', { step: 'classify', disclosed: { priority: 'P2', confidence: '0.930' } }, 3_500],
  ['STEP_SCHEDULED', { step: 'propose-assignment', attempt: 1, purpose: 'PERFORM', reason: 'READY' }, 3_520],
  ['POLICY_EVALUATED', { step: 'propose-assignment', decision: { effect: 'ROUTE' } }, 5_100],
  ['TOOL_ACTION_INTENDED', { step: 'propose-assignment', callId: 'c-2', tool: 'model', action: 'propose' }, 5_150],
  ['STEP_FAILED', { step: 'propose-assignment', code: 'TIMEOUT', retryAt: NOON - 5 * MINUTE + 9_800 }, 5_600],
  ['STEP_SCHEDULED', { step: 'propose-assignment', attempt: 2, purpose: 'PERFORM', reason: 'RETRY', notBefore: NOON - 5 * MINUTE + 9_800 }, 5_640],
  ['POLICY_EVALUATED', { step: 'propose-assignment', decision: { effect: 'ROUTE' } }, 9_900],
  ['TOOL_ACTION_INTENDED', { step: 'propose-assignment', callId: 'c-3', tool: 'model', action: 'propose' }, 9_950],
  ['BUDGET_SETTLED', { step: 'propose-assignment', amount: { nanos: 21_300_000, currency: 'USD' } }, 12_100],
  ['STEP_COMPLETED', { step: 'propose-assignment', disclosed: { assignment_group: 'NET-OPS-EMEA' } }, 12_300],
  ['STEP_SCHEDULED', { step: 'update-incident', attempt: 1, purpose: 'PROPOSE', reason: 'READY' }, 12_320],
  ['POLICY_EVALUATED', { step: 'update-incident', decision: { effect: 'REQUIRE_HITL' } }, 12_500],
  ['HUMAN_GATE_REQUESTED', { step: 'approve-write', gate: 'approve-write', forStep: 'update-incident', role: 'approver', quorum: 1, reasons: ['write.high_impact'], expiresAt: NOON + 54 * MINUTE }, 12_530],
].map(([type, event, after], i) => entry(48_209 + i, type, event, NOON - 5 * MINUTE + after, { run: RUN }));

const EFFECTS = ['ALLOW', 'ALLOW', 'ROUTE', 'REQUIRE_HITL', 'ALLOW', 'THROTTLE', 'ROUTE', 'ALLOW', 'DENY'];
const decision = (i) => ({
  decisionId: id(9_000 + i), workspace: WS, run: id(i % 20), externalId: ticket(i % 20), step: ['classify', 'update-incident', 'pay'][i % 3], callId: `c-${i}`, effect: EFFECTS[i % 9], reasons: [['grant.matches'], ['grant.matches'], ['route.cheapest'], ['write.high_impact'], ['grant.matches'], ['rate.tenant'], ['route.region'], ['grant.matches'], ['refund.limit']][i % 9],
  revisions: { platform: 'p@12', tenant: 't_t@8' }, input: JSON.stringify({ schema: 'airails.tool_action/1', tool: { name: 'servicenow', action: 'update-incident', risk_class: ['R3', 'R2', 'R4'][i % 3] }, environment: 'prod' }), inputSha256: sha(`in ${i}`), decidedAt: NOON - i * 3 * MINUTE, position: 48_000 - i,
});
const DATA = {
  schema: 'airails.tenant_data/1', auditors: ['p-auditor'], principals: { 'p-approver-2': { roles: ['approver'] } },
  budget: { currency: 'USD' },
  providers: { offline: { enabled: true, models: ['small-1'], regions: ['eu'] } },
  tools: {
    servicenow: { actions: { 'get-incident': { enabled: true, connector_digest: digest('sn'), environments: ['prod', 'dev'], workflow_digests: [digest('itsm-triage')] }, 'update-incident': { enabled: true, connector_digest: digest('sn'), environments: ['prod'], workflow_digests: [digest('itsm-triage')], quorum: 1, params: { assignment_group: { kind: 'enum', values: ['NET-OPS-EMEA', 'SERVICE-DESK', 'IDENTITY'] } } } } },
    payments: { actions: { refund: { enabled: true, connector_digest: digest('pay'), environments: ['prod'], workflow_digests: [digest('refund')], quorum: 2, params: { amount: { kind: 'max', max: 150 } } } } },
  },
  approvals: { tiers: [{ tool: 'payments', action: 'refund', param: 'amount', at_least: 100, role: 'lead-approver', quorum: 2, escalate: { after_s: 1800, role: 'finance-lead', quorum: 1 } }], signed_risk: ['R4'], max_per_hour: 40 },
  pauses: { TOOL: { 'payments.refund': 'incident' } },
};
const cell = (tool, action, risk, from, to, count) => ({ tenant: 't', tool, action, risk, from, to, count });
const REPORT = {
  schema: 'airails.policy_simulation/1', tenant: 't', candidate: { bundle: 't_t', contentSha256: sha('draft') }, since: '1970-01-01T00:00:00Z', decisions: 48_210, unanswered: 0, changed: 468, undefined: 0, semver: 'MAJOR',
  complete: [{ workspace: WS, origin: 'c1.airails.example/t/w', size: 48_228, root: sha('root'), decisions: 48_210 }], baseline: { reproduced: 48_210, differing: [] },
  matrix: [cell('servicenow', 'get-incident', 'R0', 'ALLOW', 'ALLOW', 31_004), cell('model', 'classify', 'R0', 'ROUTE', 'ROUTE', 14_438), cell('servicenow', 'update-incident', 'R3', 'ALLOW', 'REQUIRE_HITL', 412), cell('servicenow', 'update-incident', 'R3', 'ALLOW', 'DENY', 18), cell('servicenow', 'update-incident', 'R3', 'REQUIRE_HITL', 'REQUIRE_HITL', 2_204), cell('servicenow', 'update-incident', 'R3', 'REQUIRE_HITL', 'ALLOW', 7), cell('payments', 'refund', 'R3', 'REQUIRE_HITL', 'REQUIRE_STEP_UP', 31), cell('payments', 'refund', 'R3', 'DENY', 'DENY', 96)],
  samples: [['REQUIRE_HITL', 'ALLOW', 'servicenow', 'update-incident', ['write.high_impact'], ['grant.matches']], ['ALLOW', 'REQUIRE_HITL', 'servicenow', 'update-incident', ['grant.matches'], ['write.tainted']], ['ALLOW', 'DENY', 'servicenow', 'update-incident', ['grant.matches'], ['param.not_listed']], ['REQUIRE_HITL', 'REQUIRE_STEP_UP', 'payments', 'refund', ['refund.limit'], ['refund.step_up']]].map(([from, to, tool, action, reasonsBefore, reasonsAfter], i) => ({ decisionId: id(9_100 + i), workspace: WS, run: id(i), tool, action, from, to, reasonsBefore, reasonsAfter })),
  approvals: { before: 2_300, after: 2_699, added: 412, saved: 13, approvers: 6, hours: 504, addedPerApproverHourMilli: 136 }, cost: { differenceNanos: { USD: -2_100_000_000 } }, latency: { baseline: { p50Micros: 610, p99Micros: 1_900 }, candidate: { p50Micros: 640, p99Micros: 2_100 }, decisionsPerSecond: 1_240 },
};
const DRAFTS = [
  { draft: id(700), author: 'p-builder', contentSha256: sha('draft'), state: 'OPEN', createdAt: NOON - 2 * HOUR },
  { draft: id(690), author: 'p-admin', contentSha256: sha('tenant 8'), state: 'PUBLISHED', decidedBy: 'p-admin-2' },
  { draft: id(680), author: 'p-builder', contentSha256: sha('tenant 7x'), state: 'REJECTED', decidedBy: 'p-admin' },
];
const DRAFT_DATA = { ...DATA, tools: { ...DATA.tools, payments: { actions: { refund: { ...DATA.tools.payments.actions.refund, params: { amount: { kind: 'max', max: 120 } } } } } } };
const TYPES_OF = {
  POLICY_BUNDLE_PUBLISHED: [8, 7, 6].map((n) => entry(900 + n, 'POLICY_BUNDLE_PUBLISHED', { bundle: 't_t', revision: `t_t@${n}`, author: n === 7 ? 'p-builder' : 'p-admin', contentSha256: sha(`tenant ${n}`) }, NOON - (9 - n) * 3 * DAY)),
  POLICY_SIMULATED: [entry(950, 'POLICY_SIMULATED', { bundle: 't_t', simulation: id(800), candidateSha256: sha('draft'), decisions: 48_210, changed: 468, reproduced: true, reportSha256: sha('report'), by: 'p-builder' }, NOON - HOUR, { by: 'p-builder' })],
  ROLES_SET: [['p-operator', ['operator']], ['p-approver', ['approver']], ['p-approver-2', ['approver']], ['p-auditor', ['auditor']], ['p-builder', ['builder']], ['p-admin', ['admin']], ['p-admin-2', ['admin', 'privacy']]].map(([subject, roles], i) => entry(10 + i, 'ROLES_SET', { subject, roles }, NOON - (30 - i) * DAY)),
  WORKFLOW_ACTIVATED: [entry(40, 'WORKFLOW_ACTIVATED', { workflow: 'itsm-triage', environment: 'prod', version: '1.4.0' }, NOON - 6 * DAY, { by: 'p-operator' }), entry(41, 'WORKFLOW_ACTIVATED', { workflow: 'refund', environment: 'prod', version: '3.1.0' }, NOON - 6 * DAY, { by: 'p-operator' })],
  EVIDENCE_EXPORTED: [entry(960, 'EVIDENCE_EXPORTED', { principal: 'p-auditor', resource: RUN, scope: 'RUN', route: 'GET /v1/evidence/runs/{run}', treeSize: 48_228 }, NOON - 20 * MINUTE, { by: 'p-auditor' }), entry(955, 'EVIDENCE_READ', { principal: 'p-auditor', resource: `${WS}/48210`, route: 'GET /v1/ledgers/{ws}/entries/{position}/proof' }, NOON - 25 * MINUTE, { by: 'p-auditor' }), entry(940, 'ACCESS_REFUSED', { principal: 'p-operator', resource: '', route: 'PUT /v1/budgets', code: 'FORBIDDEN' }, NOON - 2 * HOUR, { by: 'p-operator' })],
  BUDGET_LIMIT_SET: [entry(60, 'BUDGET_LIMIT_SET', { monthly: { currency: 'USD', nanos: 600_000_000_000 } }, NOON - 20 * DAY)],
};
const version = (workflow, v, author, days) => ({ workflow, version: v, workspace: WS, artifactDigest: digest(workflow + (v === '1.3.0' ? v : '')), manifestDigest: digest('m'), signingKeyId: 'signing-1', author, publishedAt: NOON - days * DAY, releases: v === '1.3.0' ? [] : [{ environment: 'prod', approver: 'p-approver', approvedAt: NOON - days * DAY + HOUR }], position: 30 });
const artifact = (asked) => ({
  digest: asked, signingKeyId: 'signing-1', signature: '', ingestPublicKey: '',
  artifact: {
    id: 'itsm-triage', title: 'Classify an incident, propose a group, write it back when a person agrees', version: asked === digest('itsm-triage1.3.0') ? '1.3.0' : '1.4.0', author: 'p-builder',
    inputs: { sys_id: { type: 'TEXT', values: [] }, priority: { type: 'ENUM', values: ['P1', 'P2', 'P3', 'P4'] }, urgent: { type: 'BOOLEAN', values: [] }, description: { type: 'CONTENT', values: [] } },
    triggers: [{ id: 'servicenow', kind: 'WEBHOOK', source: 'servicenow-eu' }, { id: 'by-hand', kind: 'MANUAL', source: '' }],
    connectors: { sn: { connector: 'servicenow', instance: 'servicenow-eu', version: '1.0.0' }, model: { connector: 'offline', instance: 'offline', version: '1.0.0', model: 'small-1' } },
    steps: [{ id: 'classify', kind: 'MODEL', needs: [], call: { tool: 'model', action: 'classify' } }, { id: 'propose-assignment', kind: 'MODEL', needs: ['classify'], call: { tool: 'model', action: 'propose' } }, { id: 'approve-write', kind: 'GATE', needs: ['propose-assignment'], gate: { for: 'update-incident', role: 'approver', quorum: 1, expires: 'PT1H' } }, { id: 'update-incident', kind: 'TOOL', needs: ['approve-write'], call: { connector: 'sn', action: 'update-incident' } }],
    limits: { currency: 'USD', nanos: asked === digest('itsm-triage1.3.0') ? 200_000_000 : 250_000_000, duration: 'PT4H' },
  },
});
const feed = { state: 'FOLLOWING', folded: 48_228, lagEntries: 0, lagMillis: 220 };
const cost = (i) => ({ run: id(i), externalId: ticket(i), currency: 'USD', nanos: 40_000_000 + ((i * 104_729) % 83_000_000) });
const budget = (period, unit, limit, used, reserved, more = {}) => ({ budget: `${more.workspace ?? 'tenant'}${more.workflow ? `/${more.workflow}` : ''}`, ...more, period, window: '2026-03-02', endsAt: { HOUR: NOON + HOUR, DAY: NOON + 12 * HOUR, MONTH: Date.parse('2026-04-01T00:00:00Z') }[period], unit, limit, used, reserved, default: false });
const BUDGETS = [budget('DAY', 'USD', 60_000_000_000, 18_400_000_000, 900_000_000, { workspace: WS }), budget('MONTH', 'USD', 600_000_000_000, 121_000_000_000, 900_000_000, { workspace: WS }), budget('HOUR', 'runs', 500, 42, 0), budget('DAY', 'USD', 20_000_000_000, 18_300_000_000, 400_000_000, { workspace: WS, workflow: 'itsm-triage' })];

/** What the server answers about a tenant's data; `undefined` is 404. */
export function answer(url, who = {}) {
  const p = url.pathname;
  const q = url.searchParams;
  const parts = p.split('/');
  if (p === '/v1/me') return who;
  if (p === '/v1/tenants/t') return { tenant: 't', region: 'eu', cell: 'c1', status: 'ACTIVE', createdAt: NOON - 40 * DAY, position: 1, workspaces: [{ workspace: WS, createdAt: NOON - 40 * DAY }] };
  if (p === '/v1/tenants/t/retention') return { tenant: 't', contentDays: 90, traceDays: 14, auditDays: 3_650, setAt: NOON - 12 * DAY, position: 44 };
  if (p === '/v1/environments') return { items: [{ environment: 'prod', kind: 'production', needsRelease: true, state: 'DECLARED', declaredBy: 'p-admin', declaredAt: NOON - 30 * DAY }, { environment: 'trial', kind: 'production', needsRelease: true, state: 'PROPOSED', proposedKind: 'staging', proposedBy: 'p-admin-2' }, { environment: 'dev', kind: 'development', needsRelease: false, state: 'NAMED' }] };
  if (p === '/v1/projects') return { items: [{ project: 'service-desk', owner: 'p-admin', workspaces: [], workflows: ['itsm-triage'] }] };
  if (p === '/v1/projects/service-desk') return { project: 'service-desk', owner: 'p-admin', workspaces: [], workflows: ['itsm-triage'], cost: [{ currency: 'USD', nanos: 12_340_000_000 }] };
  if (p === '/v1/runs') {
    const state = q.get('status');
    const ticket = q.get('externalId');
    return page(Array.from({ length: 120 }, (_, i) => run(i)).filter((r) => (!state || r.status === state) && (!ticket || (ticket.endsWith('*') ? r.externalId.startsWith(ticket.slice(0, -1)) : r.externalId === ticket)) && (!q.get('workflow') || r.workflow === q.get('workflow'))).slice(0, Number(q.get('limit') ?? 50)));
  }
  if (p === '/v1/activity') return { at: NOON, minutes: 60, started: 42, ended: 41, failed: 2, perMinute: Array.from({ length: 30 }, (_, i) => ({ at: NOON - (59 - 2 * i) * MINUTE, started: (i * 7) % 4, ended: (i * 5) % 4, failed: i % 15 === 3 ? 1 : 0 })), took: { p50: 9_400, p95: 31_200 }, open: 9, queue: { ready: 4, readySince: NOON - 12_000, begun: 3, later: 1, gates: 7, stopped: 2 } };
  if (parts[2] === 'runs' && parts[4] === 'events') return parts[3] === RUN ? page(RUN_EVENTS) : page([]);
  if (parts[2] === 'runs' && parts[4] === 'gates') {
    const known = [...OPEN, ...Object.values(DECIDED).flat()].find((g) => g.run === parts[3]);
    if (!known) return undefined;
    const i = Number(known.callId.slice(2));
    return { ...known, decisions: known.state === 'APPROVED' ? [said(i, 'p-approver', 'APPROVE', 40)] : known.state === 'DENIED' ? [said(i, 'p-approver', 'DENY', 40)] : i === 0 ? [said(0, 'p-approver', 'ASK_INFO', 4), said(0, 'p-operator', 'ANSWER_INFO', 3)] : i === 5 ? [said(5, 'p-approver', 'APPROVE', 6, { signed: true })] : [] };
  }
  if (parts[2] === 'runs' && parts.length === 4) {
    const i = Number(parts[3].slice(-12));
    return { ...run(i), inputs: { number: ticket(i), priority: 'P2' }, waiting: i === 0 ? [{ step: 'approve-write', reason: 'GATE', code: 'APPROVAL', mover: 'approver', until: NOON + 54 * MINUTE }] : [], steps: [{ step: 'classify', status: 'COMPLETED', attempt: 1, purpose: 'PERFORM', reason: 'READY', disclosed: { priority: 'P2' } }, { step: 'update-incident', status: 'AT_GATE', attempt: 1, purpose: 'PROPOSE', reason: 'READY', disclosed: {} }], cost: [{ currency: 'USD', nanos: 40_000_000 }] };
  }
  if (p === '/v1/gates') return page(q.get('state') === 'OPEN' ? OPEN : (DECIDED[q.get('state')] ?? []));
  if (p === '/v1/dlq') return page([{ run: id(2), step: 'pay', workspace: WS, workflow: 'refund', externalId: ticket(2), status: 'AMBIGUOUS', code: 'CONNECTION_LOST', attempt: 1, since: NOON - 12 * MINUTE }, { run: id(9), step: 'update-incident', workspace: WS, workflow: 'itsm-triage', externalId: ticket(9), status: 'DEAD', code: 'RETRIES_USED', attempt: 5, since: NOON - 50 * MINUTE }]);
  if (p === '/v1/decisions') return page(Array.from({ length: 90 }, (_, i) => decision(i)).filter((d) => !q.get('effect') || d.effect === q.get('effect')));
  if (p === '/v1/calls') return page(Array.from({ length: 60 }, (_, i) => ({ callId: `c-${i}`, workspace: WS, run: id(i % 20), step: 'update-incident', tool: i % 4 === 3 ? 'payments' : 'servicenow', action: i % 4 === 3 ? 'refund' : 'update-incident', host: 'eu.service-now.example', class: 'Q', callDigest: digest(`call ${i}`), epoch: 1, intendedAt: NOON - i * 9 * MINUTE, outcome: i === 3 ? 'AMBIGUOUS' : i % 12 === 5 ? 'DEFINITE_FAILURE' : 'SUCCESS', ...(i % 12 === 5 ? { code: 'HTTP_429', httpStatus: 429 } : i === 3 ? { code: 'CONNECTION_LOST' } : { httpStatus: 200 }), executedAt: NOON - i * 9 * MINUTE + 300 + ((i * 37) % 900), position: 47_000 - i })));
  if (p === '/v1/connector-instances') return page([['servicenow-eu', 'servicenow', 'eu.service-now.example'], ['payments-main', 'payments', 'api.payments.example'], ['offline', 'offline', 'localhost']].map(([instance, connector, host], i) => ({ instance, workspace: WS, connector, connectorDigest: digest(connector), host, port: 443, createdAt: NOON - 30 * DAY, ...(i < 2 ? { credentialAt: NOON - 3 * DAY } : {}), position: 20 + i })));
  if (p === '/v1/connector-limits') return page([{ instance: 'servicenow-eu', workspace: WS, breaker: 'CLOSED', failures: 0, opened: 0, inFlight: 2 }, { instance: 'payments-main', workspace: WS, breaker: 'OPEN', failures: 5, opened: 2, inFlight: 0, code: 'HTTP_503', openUntil: NOON + 40_000 }]);
  if (p === '/v1/workflows') return page([version('itsm-triage', '1.3.0', 'p-builder', 20), version('itsm-triage', '1.4.0', 'p-builder', 7), version('refund', '3.1.0', 'p-builder', 9)]);
  if (parts[2] === 'artifacts') return artifact(decodeURIComponent(parts[3]));
  if (p === '/v1/workers') return page([{ worker: 'worker-7f3a', state: 'RUNNING', workflow: 'itsm-triage', version: '1.4.0', environment: 'prod', registeredAt: NOON - 2 * HOUR, verdict: 'SIMULATED', measurement: 'simulator-1', attestedAt: NOON - HOUR, tee: 'SIMULATOR', keys: ['run-keys-1'], epoch: 12, keysUntil: NOON + 20 * MINUTE }, { worker: 'worker-22c1', state: 'PROVISIONED', workflow: 'refund', version: '3.1.0', environment: 'prod', registeredAt: NOON - HOUR, refused: { code: 'POLICY_DENIED', reasons: ['tcb.out_of_date'], measurement: 'm-4', at: NOON - 30 * MINUTE, position: 47_990 } }]);
  if (p === '/v1/holds') return page([{ hold: 'case-2026-17', scope: 'RUN', target: id(9), reason: 'LITIGATION', by: 'p-admin-2', placedAt: NOON - 3 * DAY, position: 80 }]);
  if (p === '/v1/costs') return { total: [{ currency: 'USD', nanos: 121_000_000_000 }], items: [], byWorkflow: [] };
  if (p === '/v1/costs/models') return page([['itsm-triage', 'propose-assignment', 1_102, 21_300_000], ['itsm-triage', 'classify', 812, 18_700_000], ['refund', 'assess', 640, 31_000_000]].map(([workflow, step, tokens, nanos]) => ({ workflow, step, provider: 'offline', model: step === 'assess' ? 'large-1' : 'small-1', currency: 'USD', nanos: nanos * 80, calls: 80, inputTokens: tokens * 80, outputTokens: 5_000 })));
  if (p === '/v1/costs/runs') return page(Array.from({ length: 60 }, (_, i) => cost(i)));
  if (parts[3] === 'runs' && parts[5] === 'usage') return page([{ step: 'classify', provider: 'offline', model: 'small-1', responseModel: 'small-1-0301', inputTokens: 812, cachedInputTokens: 0, outputTokens: 64, currency: 'USD', nanos: 18_700_000, priceTable: '2026-03-01', position: 48_214 }, { step: 'propose-assignment', provider: 'offline', model: 'small-1', responseModel: 'small-1-0301', inputTokens: 1_102, cachedInputTokens: 0, outputTokens: 31, currency: 'USD', nanos: 21_300_000, priceTable: '2026-03-01', position: 48_224 }]);
  if (p === '/v1/budgets') return page(BUDGETS);
  if (p.endsWith('/head')) return { origin: 'c1.airails.example/t/w', entries: 48_228, position: 48_228, leafHash: sha('leaf 48228'), root: sha('root'), recordedAt: NOON - 14_000, signed: { size: 48_228, at: NOON - 14_000, ageMillis: 14_000 }, cosigned: { size: 48_228, at: NOON - 14_000, ageMillis: 14_000 } };
  if (p === '/v1/trust') return { policy: '', evidenceKey: '' };
  if (p.endsWith('/entries')) {
    const types = (q.get('types') ?? '').split(',');
    const items = types[0] === '' ? RUN_EVENTS : types.flatMap((t) => TYPES_OF[t] ?? []);
    return page((q.get('newestFirst') ? [...items].sort((a, b) => b.position - a.position) : items).slice(0, Number(q.get('limit') ?? 50)));
  }
  if (p === '/v1/projections') return { items: [], feed, checkpoints: feed };
  if (p === '/policy/v1/drafts') return page(DRAFTS);
  if (p.startsWith('/policy/v1/drafts/')) return { ...DRAFTS.find((d) => d.draft === parts[4]), data: DRAFT_DATA };
  if (p === '/policy/v1/data') return { contentSha256: sha('tenant 8'), data: DATA };
  if (p === '/policy/v1/contents') return page([8, 7, 6].map((n) => ({ contentSha256: sha(`tenant ${n}`), since: new Date(NOON - (9 - n) * 3 * DAY).toISOString() })));
  if (p === '/policy/v1/exceptions') return page([{ name: 'refund-week', tool: 'payments', action: 'refund', environments: ['prod'], workflows: ['refund'], waives: 'param.amount', reason: 'recall-2026-17', approver: 'p-admin-2', until: new Date(NOON + 4 * DAY).toISOString(), state: 'ACTIVE' }]);
  if (p === '/policy/v1/pauses') return { pauses: DATA.pauses };
  if (p.startsWith('/policy/v1/simulations/')) return REPORT;
  if (p === '/access/v1/role-proposals') return page([{ proposal: id(600), subject: 'p-new', roles: ['auditor', 'operator'], proposedBy: 'p-admin-2', state: 'OPEN' }, { proposal: id(599), subject: 'p-builder', roles: ['builder'], proposedBy: 'p-admin-2', state: 'ACCEPTED', decidedBy: 'p-admin' }]);
  if (p === '/access/v1/api-keys') return page([{ key: 'k-7f3a21', subject: 'p-operator', roles: ['operator'], expiresAt: new Date(NOON + 6 * DAY).toISOString(), issuedBy: 'p-admin', issuedAt: new Date(NOON - 24 * DAY).toISOString(), lastUsedAt: new Date(NOON - HOUR).toISOString() }]);
  if (p === '/access/v1/delegations') return page([{ delegation: id(610), by: 'p-approver', to: 'p-approver-2', from: NOON - DAY, until: NOON + 3 * DAY }]);
  if (p === '/access/v1/says') return { roles: who.roles };
  if (p === '/access/v1/approvers') return { limitPerHour: 40, items: [{ approver: 'p-approver', lastHour: 4, lastDay: 31 }, { approver: 'p-approver-2', lastHour: 1, lastDay: 9 }] };
  if (p === '/access/v1/passkeys') return page([{ passkey: sha('pk'), subject: who.subject, label: 'Laptop', credential: 'AAAA', publicKey: '', state: 'ACTIVE', deviceBound: true, createdAt: NOON - 9 * DAY, lastUsedAt: NOON - DAY }]);
  return undefined;
}

/** Serves; `more` may answer first: a value, or undefined to leave it to the made-up data. */
export async function serve({ roles = ['operator', 'auditor'], subject = 'p-operator', more = () => undefined, settings, csp = '', port = 0 } = {}) {
  const who = { tenant: 't', subject, roles };
  const CSP = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self' ${csp}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${encode({ alg: 'none' })}.${encode({ tenant: 't', sub: subject, roles })}.x`;
  const files = new Map();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://console');
    const give = (status, type, packed, headers = {}) => {
      response.writeHead(status, { 'content-type': type, 'content-encoding': 'gzip', 'content-length': packed.length, ...headers });
      response.end(packed);
    };
    const json = (value, status = 200) => give(status, status < 400 ? 'application/json' : 'application/problem+json', gzipSync(JSON.stringify(value)), { date: new Date(NOON + (Date.now() - began)).toUTCString(), 'cache-control': 'no-store' });
    if (url.pathname === '/console.json') return json(settings ?? { providers: [{ name: 'development', issuer: '', authorizationEndpoint: '/authorize', tokenEndpoint: '/token', clientId: 'console', scope: 'openid offline_access', namesItself: false }], development: false });
    if (url.pathname === '/authorize') return response.writeHead(302, { location: `/sign-in?code=c&state=${url.searchParams.get('state')}` }).end();
    if (url.pathname === '/token') return json({ access_token: token, token_type: 'Bearer', expires_in: 3600 });
    if (url.pathname.endsWith('/stream')) return response.writeHead(204).end();
    if (/^\/(v1|policy|access)\//.test(url.pathname)) {
      let body = '';
      for await (const chunk of request) body += chunk;
      const given = (await more(request, url, body ? JSON.parse(body) : undefined)) ?? (request.method === 'GET' ? answer(url, who) : { position: 48_229 });
      if (given?.status >= 400) return json(given, given.status);
      return given === undefined ? json({ type: 'about:blank', title: 'Not found', status: 404, detail: 'It is not here.', code: 'NOT_FOUND', instance: '' }, 404) : json(given);
    }
    const file = path.join(FILES, path.normalize(url.pathname));
    const name = path.extname(file) && existsSync(file) ? file : path.join(FILES, 'index.html');
    if (!files.has(name)) files.set(name, gzipSync(readFileSync(name)));
    const kept = url.pathname.startsWith('/assets/') ? { 'cache-control': 'public, max-age=31536000, immutable' } : { 'content-security-policy': CSP, 'cache-control': 'no-cache' };
    return give(200, TYPES[path.extname(name)] ?? 'application/octet-stream', files.get(name), kept);
  });
  const began = Date.now();
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  return { server, origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

if (process.argv[1] === new URL(import.meta.url).pathname) console.log((await serve({ port: Number(process.env.PORT ?? 0), roles: (process.env.ROLES ?? 'operator,auditor,admin,builder,approver').split(','), subject: process.env.SUBJECT ?? 'p-admin' })).origin);

// What operators, approvers in a group, administrators and auditors do beside the flagship's main way; part of journey.mjs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { axe } from './browser.mjs';
import { approveThis } from './tasks.mjs';

/** Starts a run by the typed form; its page is open then. */
export async function started(page, at, { sysId, number }) {
  await page.goto(at('workflows/itsm-triage/start'));
  await page.getByLabel(/^sys_id/).fill(sysId);
  await page.getByLabel(/^number/).fill(number);
  await page.getByLabel(/^sys_mod_count/).fill('0');
  await page.getByRole('button', { name: /^Start in/ }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
}

/** Cancels the run whose page is open; as long as a call of it is on its way, it is refused and said again. */
export async function cancelled(page) {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  const sure = page.locator('dialog').getByRole('button', { name: 'Cancel the run' });
  const refused = page.locator('dialog').getByRole('heading', { name: 'Call already intended' });
  const over = page.locator('.page-head .chip', { hasText: 'Cancelled' });
  await sure.click();
  await refused.or(over).first().waitFor({ timeout: 30_000 });
  for (let i = 0; i < 10 && !(await over.isVisible()); i++) {
    if (await refused.isVisible()) await sure.click();
    await over.waitFor({ timeout: 3_000 }).catch(() => {});
  }
  await over.waitFor({ timeout: 30_000 });
}

/** One administrator changes policy by a form; another sees for himself what it would have done, and accepts it. */
async function changed({ as, at, OUT }, edit, photograph) {
  const { page, context, wrong } = await as('p-admin');
  await page.goto(at('policy/limits'));
  await page.getByRole('link', { name: /Propose other tiers/ }).click();
  await edit(page);
  await page.getByRole('button', { name: '1. Simulate it' }).click();
  await page.getByText('so this can be relied on').waitFor({ timeout: 60_000 });
  if (photograph) {
    await page.screenshot({ path: `${OUT}/${photograph}.png`, fullPage: true });
    assert.deepEqual(await axe(page), []);
  }
  await page.getByRole('button', { name: '2. Propose it' }).click();
  await page.getByText('You wrote it. Another administrator decides.').waitFor({ timeout: 30_000 });
  const draft = page.url();
  assert.deepEqual(wrong, []);
  await context.close();
  const second = await as('p-admin-2');
  await second.page.goto(draft);
  await second.page.getByRole('button', { name: /^Simulate (it|again)$/ }).click();
  await second.page.getByText('so this can be relied on').waitFor({ timeout: 60_000 });
  await second.page.getByRole('button', { name: 'Accept: it takes effect' }).click();
  await second.page.locator('.page-head .chip', { hasText: 'Accepted' }).waitFor({ timeout: 30_000 });
  return second;
}

export async function operating(ctx, { fresh, sick }) {
  const { step, as, at, OUT } = ctx;

  await step('an admin says by a form which group is asked and who after it, and a second one accepts it', async () => {
    const second = await changed(ctx, async (page) => {
      await page.getByRole('button', { name: 'Add a group' }).click();
      const group = page.getByRole('group', { name: 'approvers' });
      await group.getByLabel('Members').fill('p-approver-1, p-approver-2');
      await group.getByLabel('Name').fill('desk');
      await group.getByLabel('Name').blur();
      await page.getByRole('group', { name: 'desk' }).waitFor();
      await page.getByRole('button', { name: 'Add a tier' }).click();
      const tier = page.getByRole('group', { name: 'Tier 1' });
      await tier.getByLabel('Call').selectOption('servicenow.update-incident');
      await tier.getByLabel('Asked: how many').selectOption('2');
      await tier.getByLabel('Asked: role or group').fill('desk');
      await tier.getByLabel('If nobody decides').selectOption({ label: 'after a day it goes on' });
      await tier.getByLabel('To: role or group').fill('admin');
    }, 'tiers');
    await second.page.goto(at('policy/limits'));
    const asked = second.page.getByLabel('Who is asked');
    await asked.getByRole('cell', { name: 'servicenow.update-incident' }).waitFor();
    await asked.getByText('2 of desk').waitFor();
    await asked.getByText('1 of admin').waitFor();
    await second.context.close();
  });

  await step('two of the group have to approve; one takes his approval back before anything is sent', async () => {
    const operator = await as('p-operator');
    await started(operator.page, at, fresh);
    const why = operator.page.getByRole('status', { name: 'Why it waits' });
    await why.getByText(/for 2 approvals from desk/).waitFor({ timeout: 60_000 });
    await why.getByText('0 of 2 so far').waitFor();
    const run = operator.page.url().split('/').at(-1);
    const { page, context, wrong } = await as('p-approver-2');
    await page.goto(at(`approvals/${run}/approve`));
    const soFar = page.locator('dt:text-is("So far") + dd');
    await page.getByRole('button', { name: /^Approve this call/ }).click();
    await soFar.getByText('1 of 2').waitFor({ timeout: 30_000 });
    await why.getByText('1 of 2 so far').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Take my approval back' }).click();
    await soFar.getByText('0 of 2').waitFor({ timeout: 30_000 });
    await page.getByLabel('History').getByText('took the approval back').waitFor();
    await page.getByLabel('History').getByText('counts no more').waitFor();
    await why.getByText('0 of 2 so far').waitFor({ timeout: 30_000 });
    await page.screenshot({ path: `${OUT}/taken-back.png` });
    await page.getByRole('button', { name: /^Approve this call/ }).click();
    await soFar.getByText('1 of 2: p-approver-2').waitFor({ timeout: 30_000 });
    assert.deepEqual([...wrong, ...operator.wrong], []);
    await context.close();
    await approveThis(ctx, 'p-approver-1', fresh.number);
    await operator.page.locator('.page-head .chip', { hasText: 'Completed' }).waitFor({ timeout: 60_000 });
    await operator.context.close();
  });

  await step('the group goes as it came: one administrator removes it, another accepts', async () => {
    const second = await changed(ctx, async (page) => {
      await page.getByRole('button', { name: 'Remove tier 1' }).click();
      await page.getByRole('button', { name: 'Remove the group desk' }).click();
    });
    await second.context.close();
  });

  await step('a step that has stopped is retried from where the run says why, and the run goes on', async () => {
    const { page, context, wrong } = await as('p-operator');
    await page.goto(at());
    await page.getByRole('region', { name: 'Wrong now' }).getByRole('listitem').filter({ hasText: sick.number }).getByRole('link', { name: 'Open' }).click();
    await page.getByRole('status', { name: 'Why it waits' }).getByText(/^fetch has stopped/).waitFor({ timeout: 60_000 });
    await page.screenshot({ path: `${OUT}/stopped.png` });
    await page.getByRole('button', { name: 'Retry fetch, attempt 6' }).click();
    await page.getByText(/for one approval from approver/).waitFor({ timeout: 60_000 });
    await cancelled(page);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  await step('failed work is retried together, from the dead letter queue', async () => {
    const { page, context, wrong } = await as('p-operator');
    await page.goto(at('failed-work'));
    const row = page.getByRole('row', { name: new RegExp(sick.later.number) });
    await row.getByText(/^Stopped:/).waitFor({ timeout: 60_000 });
    await page.screenshot({ path: `${OUT}/failed-work.png` });
    const run = await row.getByRole('link', { name: sick.later.number }).getAttribute('href');
    await page.getByRole('button', { name: 'Retry all that stopped…' }).click();
    await page.getByRole('button', { name: /^Retry in / }).click();
    await row.waitFor({ state: 'detached', timeout: 60_000 });
    await page.goto(new URL(run, page.url()).href);
    await page.getByText(/for one approval from approver/).waitFor({ timeout: 60_000 });
    await cancelled(page);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  await step('an auditor takes the evidence of a week, sees how far it is, and the page verifies it', async () => {
    const { page, context, wrong } = await as('p-auditor');
    await page.goto(at('compliance'));
    const progress = page.getByRole('progressbar', { name: 'Progress' }).waitFor({ timeout: 30_000 });
    const [download] = await Promise.all([page.waitForEvent('download', { timeout: 90_000 }), progress, page.getByRole('button', { name: 'This period' }).click()]);
    const file = `${OUT}/evidence-period.zip`;
    await download.saveAs(file);
    await page.goto(at('proof/bundle'));
    await page.setInputFiles('input[type=file]', file);
    await page.locator('[data-verdict=pass]').waitFor({ timeout: 60_000 });
    assert.deepEqual(wrong, []);
    await context.close();
  });

  await step('what tickets cost is taken away as a table', async () => {
    const { page, context } = await as('p-auditor');
    await page.goto(at('cost'));
    const [download] = await Promise.all([page.waitForEvent('download', { timeout: 30_000 }), page.getByRole('button', { name: 'CSV' }).click()]);
    assert.match(download.suggestedFilename(), /^cost-\d{4}-\d\d-\d\d\.csv$/);
    const file = `${OUT}/cost.csv`;
    await download.saveAs(file);
    const [head, ...rows] = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(','));
    assert.deepEqual(head, ['run', 'ticket', 'workflow', 'version', 'started', 'currency', 'nanos', 'amount']);
    const own = rows.find((r) => r[1] === fresh.number);
    assert.equal(own?.[2], 'itsm-triage');
    assert.equal(Number(own?.[7]), Number(own?.[6]) / 1e9);
    await context.close();
  });

  await step('who did not write a version releases it and takes it back; its author is offered no such button', async () => {
    const author = await as('p-builder');
    await author.page.goto(at('workflows/itsm-triage'));
    await author.page.getByRole('button', { name: 'Activate…' }).waitFor();
    assert.equal(await author.page.getByRole('button', { name: 'Release…' }).count(), 0);
    await author.context.close();
    const { page, context, wrong } = await as('p-approver-1');
    await page.goto(at('workflows/itsm-triage'));
    await page.getByRole('button', { name: 'Release…' }).click();
    await page.getByRole('button', { name: 'Release it for prod' }).click();
    await page.getByText('for prod by p-approver-1').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Take back…' }).click();
    await page.getByRole('button', { name: 'Take it back in prod' }).click();
    await page.getByText('for prod by p-approver-1').waitFor({ state: 'detached', timeout: 30_000 });
    assert.deepEqual(wrong, []);
    await context.close();
  });

  await step('an administrator says what an environment is for and which work belongs together', async () => {
    const { page, context, wrong } = await as('p-admin');
    await page.goto(at('tenant'));
    await page.getByRole('button', { name: 'Declare an environment…' }).click();
    await page.getByLabel('Environment', { exact: true }).fill('eu-live');
    await page.getByRole('button', { name: 'It is production' }).click();
    await page.getByRole('row', { name: /eu-live production .* p-admin/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'New project…' }).click();
    await page.getByLabel('Project', { exact: true }).fill('desk');
    await page.getByLabel('Workflows by name').fill('itsm-triage');
    await page.getByRole('button', { name: 'Set it' }).click();
    const row = page.getByRole('row', { name: /^desk p-admin/ });
    await row.waitFor({ timeout: 30_000 });
    await row.getByRole('button', { name: 'Change…' }).click();
    await page.getByRole('button', { name: 'Dissolve it' }).click();
    await row.waitFor({ state: 'detached', timeout: 30_000 });
    assert.deepEqual(wrong, []);
    assert.deepEqual(await axe(page), []);
    await context.close();
  });
}

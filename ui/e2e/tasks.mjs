// What a new user must find without a manual: each task begins at home, uses only names that can be seen (or heard), and takes
// at most four presses. Typing is none; moving to a page is never done by address.
import assert from 'node:assert/strict';

const MOST = 4;

/** Somebody at home, whose presses are counted. */
export async function atHome({ as, at }, who) {
  const person = await as(who);
  await person.page.goto(at());
  await person.page.getByRole('heading', { name: 'Home' }).waitFor();
  let presses = 0;
  return {
    ...person,
    async press(role, name, within = person.page) {
      presses++;
      await within.getByRole(role, { name }).first().click();
    },
    presses: () => presses,
  };
}

/** Ends a task: nothing went wrong, and it took few presses. */
export async function done(name, user) {
  assert.deepEqual(user.wrong, []);
  assert.ok(user.presses() <= MOST, `${name} took ${user.presses()} presses`);
  console.log(`     ${name}: ${user.presses()} from home`);
  await user.context.close();
}

/** @param ticket of a run that a group approves and that then ends; `decide` does the first */
export async function approveThis(ctx, who, ticket) {
  const user = await atHome(ctx, who);
  const asked = user.page.getByRole('region', { name: 'Waiting for you' }).getByRole('listitem').filter({ hasText: ticket });
  await user.press('link', 'Review', asked);
  await user.press('button', /^Approve this call/);
  await user.page.locator('.page-head .chip', { hasText: 'Approved' }).waitFor({ timeout: 30_000 });
  await done('approve this', user);
}

export async function tasks(ctx, { waiting, ended, revealed }) {
  const { step } = ctx;

  await step('why is it waiting', async () => {
    const user = await atHome(ctx, 'p-operator');
    await user.press('link', waiting, user.page.getByRole('region', { name: 'Longest waits' }));
    const why = user.page.getByRole('status', { name: 'Why it waits' });
    await why.getByText(/for one approval from approver/).waitFor();
    await why.getByText(/the answer is no/).waitFor();
    await done('why is it waiting', user);
  });

  await step('prove this run', async () => {
    const user = await atHome(ctx, 'p-auditor');
    await user.press('link', 'Runs', user.page.getByRole('navigation', { name: 'Console' }));
    await user.press('link', ended);
    await user.press('link', 'Prove this run');
    await user.page.getByText('This bundle is unaltered.').waitFor({ timeout: 60_000 });
    await user.page.getByText('Every check that this page can make has passed, under keys that this browser believes.').waitFor();
    await user.page.screenshot({ path: `${ctx.OUT}/proved.png` });
    await done('prove this run', user);
  });

  await step('what did this ticket cost', async () => {
    const user = await atHome(ctx, 'p-builder');
    await user.press('link', 'Cost', user.page.getByRole('navigation', { name: 'Console' }));
    const row = user.page.getByRole('row', { name: new RegExp(ended) });
    await row.getByRole('cell', { name: /^\$\d/ }).waitFor();
    await user.press('button', 'How it adds up', row);
    await user.page.getByRole('dialog', { name: `How ${ended} adds up` }).getByRole('cell', { name: 'classify' }).waitFor();
    await done('what did this ticket cost', user);
  });

  await step('who could have seen this', async () => {
    const user = await atHome(ctx, 'p-auditor');
    await user.press('link', 'Runs', user.page.getByRole('navigation', { name: 'Console' }));
    await user.press('link', revealed);
    await user.press('link', 'Who could have seen it');
    const answer = user.page.getByRole('region', { name: 'Who could have seen a run' });
    const said = async (name) => answer.locator(`dt:text-is("${name}") + dd`).innerText();
    await answer.getByRole('table').waitFor();
    assert.match(await said('Its content'), /^1 worker with keys: worker-/);
    assert.match(await said('Revealed to'), /p-approver-2/);
    assert.match(await said('Evidence taken by'), /p-operator/);
    await answer.getByRole('cell', { name: 'was shown the arguments of approve' }).first().waitFor();
    await user.page.screenshot({ path: `${ctx.OUT}/who-saw.png` });
    await done('who could have seen this', user);
  });
}

import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../src/shell/App';
import type { Json } from '../src/lib/json';
import { navigate } from '../src/lib/router';
import { change } from './changes';
import { FakeEventSource, ME, serve, STATUS } from './server';

let root: HTMLElement;

beforeEach(() => {
	FakeEventSource.all = [];
	vi.stubGlobal('EventSource', FakeEventSource);
	vi.stubGlobal('IntersectionObserver', class { observe() {} disconnect() {} });
	vi.stubGlobal('scrollTo', () => {});
	root = document.createElement('div');
	document.body.append(root);
});

afterEach(() => {
	render(null, root);
	root.remove();
	vi.unstubAllGlobals();
});

function open(address: string): void {
	history.replaceState(null, '', address);
	render(<App />, root);
}

async function find(selector: string, text?: string | RegExp): Promise<HTMLElement> {
	return vi.waitFor(() => {
		const found = [...root.querySelectorAll<HTMLElement>(selector)].find((element) => text === undefined || element.textContent?.match(text));
		if (!found) {
			throw new Error(`No ${selector} with ${text} in ${root.textContent}`);
		}
		return found;
	}, 3000);
}

/** Types, and lets the page draw, as it does between two events of a person. */
async function type(field: HTMLElement, value: string, event: string): Promise<void> {
	(field as HTMLInputElement).value = value;
	field.dispatchEvent(new Event(event, { bubbles: true }));
	await new Promise((resolve) => setTimeout(resolve));
}

const list = (...changes: unknown[]) => ({ changes, next: null });

describe('changes', () => {
	it('asks what the URL says', async () => {
		const calls = serve({ '/changes': list() });
		open('/changes?table=todo&operation=UPDATE&context.user=ann');
		await find('.empty-title', 'No change answers these filters');
		const { query } = calls.find((call) => call.path === '/changes')!;
		expect(query.toString()).toBe('table=todo&operation=UPDATE&context.user=ann&order=newest&limit=50');
	});

	it('opens a row to its difference, and shows stored markup as text', async () => {
		const evil = '<img src=x onerror="window.hacked = true">';
		serve({ '/changes': list(change({ table: evil, values: { task: evil }, diff: { task: { old: 'Eat', new: evil } }, metadata: { [evil]: evil, user: evil } })) });
		open('/changes');
		const head = await find('.row-head');
		expect(head.getAttribute('aria-expanded')).toBe('false');
		head.click();
		const field = await find('.field', 'task');
		expect(field.textContent).toContain(evil);
		expect(root.querySelector('img[src="x"]')).toBeNull();
		expect(root.querySelector('.row-head')!.getAttribute('aria-expanded')).toBe('true');
	});

	it('filters by a chip of the context', async () => {
		serve({ '/changes': list(change({ metadata: { user: '42', tenant: { id: 7 } } })) });
		open('/changes?table=todo');
		(await find('.row-head')).click();
		expect((await find('.detail a.chip', 'user')).getAttribute('href')).toBe('/changes?table=todo&context.user=%2242%22');
		expect((await find('.detail a.chip', 'tenant.id')).getAttribute('href')).toBe('/changes?table=todo&context.tenant.id=7');
	});

	it('writes a filter into the URL', async () => {
		serve({ '/changes': list() });
		open('/changes');
		(await find('label.toggle', 'Deleted')).querySelector('input')!.click();
		await vi.waitFor(() => expect(location.search).toBe('?operation=DELETE'));
		(await find('.chip-active', 'delete')).click();
		await vi.waitFor(() => expect(location.search).toBe(''));
	});

	it('does not ask what would be refused', async () => {
		const calls = serve({ '/changes': list() });
		open('/changes?values=nonsense');
		await find('.field-error', 'Write a JSON object');
		expect(calls.some((call) => call.path === '/changes')).toBe(false);
	});

	it('shows what comes live, once', async () => {
		serve({ '/changes': list(change()) });
		open('/changes');
		await find('.row');
		const stream = FakeEventSource.all[0]!;
		stream.open();
		await find('.live', 'Live');
		stream.send(change() as unknown as Json);
		stream.send(change({ id: '1-2', primaryKey: '8' }) as unknown as Json);
		await find('.row-fresh .row-key', '8');
		expect(root.querySelectorAll('.row')).toHaveLength(2);
		expect(root.querySelector('.row')!.textContent).toContain('8');
	});

	it('keeps what comes back while somebody reads', async () => {
		serve({ '/changes': list(change()) });
		open('/changes');
		(await find('.row-head')).focus();
		FakeEventSource.all[0]!.open();
		FakeEventSource.all[0]!.send(change({ id: '1-2', primaryKey: '8' }) as unknown as Json);
		(await find('.new-ones button', 'Show 1 new change')).click();
		await find('.row-key', '8');
	});

	it('finds what was written while the connection was lost', async () => {
		let answer = list(change());
		serve({ '/changes': () => answer });
		open('/changes');
		await find('.row');
		FakeEventSource.all[0]!.fail(false);
		await find('.live', 'Reconnecting');
		answer = list(change({ id: '1-9', primaryKey: '9' }), change());
		FakeEventSource.all[0]!.open();
		await find('.row-key', '9');
	});

	it('finds what was written before anybody listened, where there was nothing', async () => {
		let answer = list();
		serve({ '/changes': () => answer });
		open('/changes');
		await find('.empty');
		answer = list(change({ id: '1-9', primaryKey: '9' }));
		FakeEventSource.all[0]!.open();
		await find('.row-key', '9');
	});

	it('goes on after the cursor', async () => {
		serve({ '/changes': (call: { query: URLSearchParams }) => (call.query.get('cursor') === 'c-1' ? list(change({ id: '1-0', primaryKey: '6' })) : { changes: [change()], next: 'c-1' }) });
		open('/changes');
		(await find('.foot button', 'Load older')).click();
		await find('.row-key', '6');
		await find('.foot', 'That is all: 2 changes');
	});

	it('says what the server says', async () => {
		serve({ '/changes': [400, { title: 'Too broad', detail: 'Add since.' }] });
		open('/changes');
		expect((await find('.notice')).textContent).toContain('Add since.');
	});

	it('says that the server cannot be reached, and tries again', async () => {
		let reachable = false;
		serve({ '/changes': () => (reachable ? list(change()) : new Error('offline')) });
		open('/changes');
		await find('.notice-offline', 'cannot be reached');
		reachable = true;
		(await find('.notice button', 'Try again')).click();
		await find('.row');
	});
});

describe('who may', () => {
	it('sees nothing without the role', async () => {
		const calls = serve({ '/me': { ...ME, canRead: false } });
		open('/changes');
		await find('.notice-forbidden', 'may not see');
		expect(calls.map((call) => call.path)).toEqual(['/me']);
	});

	it('is asked to sign in again', async () => {
		serve({ '/me': [401, {}] });
		open('/');
		await find('.notice-forbidden', 'signed out');
	});

	it('does not revert without the role', async () => {
		serve({ '/me': { ...ME, canRevert: false } });
		open('/revert?of=transaction&id=7');
		await find('.notice-forbidden', 'not revert');
	});
});

describe('overview', () => {
	it('says what is wrong and what to do', async () => {
		serve({ '/status': { ...STATUS, state: 'FAILED', message: 'The slot is in use', advice: 'Stop the other', gaps: [{ reason: 'lost', fromTime: null, toTime: null, noticedAt: null }] }, '/counts': [], '/top': [] });
		open('/');
		await find('.state-word', 'Failed');
		await find('.advice', 'Stop the other');
		await find('.notice', '1 gap in the history');
	});

	it('leads from a group to its changes', async () => {
		serve({ '/counts': [], '/top': (call: { query: URLSearchParams }) => (call.query.get('by') === 'context.user' ? [{ group: 'ann', value: 'ann', count: 3 }] : []) });
		open('/');
		expect((await find('a.top-name', 'ann')).getAttribute('href')).toMatch(/^\/changes\?since=.+&until=.+&context\.user=ann$/);
	});
});

describe('a record', () => {
	const history = [change({ id: '3', committedAt: '2026-11-29T10:00:00.000003Z' }), change({ id: '2', committedAt: '2026-11-28T10:00:00.000002Z' }), change({ id: '1', operation: 'CREATE', committedAt: '2026-11-27T10:00:00.000001Z' })];

	it('is shown at the moment to which the slider is drawn', async () => {
		const calls = serve({
			'/changes': { changes: history, next: null },
			'/records': (call: { query: URLSearchParams }) => ({ exists: true, values: { task: `at ${call.query.get('at')}` }, at: call.query.get('at'), lastTouched: { task: { changeId: '2', committedAt: history[1]!.committedAt, user: 'bob' } } }),
		});
		open('/record?schema=public&table=todo&record=7');
		await find('.state-table td', '000003Z');
		const slider = (await find('input[type=range]')) as HTMLInputElement;
		expect(slider.value).toBe('2');
		await type(slider, '0', 'input');
		await find('.state-table td', '000001Z');
		expect(new URLSearchParams(location.search).get('at')).toBe('2026-11-27T10:00:00.000001Z');
		expect((await find('.touched a', 'bob')).getAttribute('href')).toBe('/change?id=2');
		expect(calls.filter((call) => call.path === '/records')).toHaveLength(2);
	});

	it('is compared between two moments', async () => {
		const calls = serve({ '/changes': { changes: history, next: null }, '/records': { exists: true, values: {}, at: '', lastTouched: {} }, '/records/diff': { diff: { task: { old: 'Eat', new: 'Sleep' } }, before: {}, values: { id: 7, task: 'Sleep' } } });
		open('/record?schema=public&table=todo&record=7');
		(await find('button', 'Two moments')).click();
		await find('.fields ins', 'Sleep');
		const { query } = calls.find((call) => call.path === '/records/diff')!;
		expect([query.get('from'), query.get('to')]).toEqual([history[1]!.committedAt, history[0]!.committedAt]);
	});
});

describe('a request', () => {
	it('is followed across transactions and tables, in order', async () => {
		const calls = serve({ '/changes': list(change({ id: '1' }), change({ id: '2', table: 'invoice', transactionId: '124' })) });
		open('/request?id=r/1');
		await find('.trail-summary', /2 changes in 2 tables, 2 transactions/);
		expect(root.querySelectorAll('.transaction')).toHaveLength(2);
		expect(calls.find((call) => call.path === '/changes')!.query.toString()).toBe('request=r%2F1&order=oldest&limit=200');
	});

	it('is looked for again until its first change is recorded, and then no more', async () => {
		let answer = list();
		const calls = serve({ '/changes': () => answer });
		const asked = () => calls.filter((call) => call.path === '/changes').length;
		open('/transaction?id=7');
		await find('.empty', /as soon as it is recorded/);
		answer = list(change({ id: '1' }));
		expect(asked()).toBe(1);
		await vi.waitFor(() => expect(root.querySelector('.trail-summary')).not.toBeNull(), 5000);
		await new Promise((done) => setTimeout(done, 2500));
		expect(asked()).toBe(2);
	});
});

describe('a revert', () => {
	const plan = {
		steps: [{ schema: 'public', table: 'todo', primaryKey: '7', action: 'UPDATE', columns: { task: { now: 'Eat well', then: 'Eat' } } }],
		conflicts: [{ kind: 'LATER_CHANGE', schema: 'public', table: 'todo', primaryKey: '8', columns: ['task'], detail: 'by bob' }], sql: 'UPDATE …', changes: 2,
	};

	it('wants every conflict decided, and a reason', async () => {
		const calls = serve({ '/revert/plan': plan, '/revert': { transactionId: '200', written: 1, skipped: 1, conflicts: [] } });
		open('/revert?of=request&id=r-1');
		const button = (await find('button[type=submit]', 'Revert 2 changes')) as HTMLButtonElement;
		expect(button.disabled).toBe(true);
		(await find('label.choice', 'Leave theirs')).querySelector('input')!.click();
		await vi.waitFor(() => expect(button.disabled).toBe(false));
		button.form!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
		await find('.field-error', 'Say why');
		expect(calls.some((call) => call.path === '/revert')).toBe(false);
		await type(await find('#reason'), ' the import was wrong ', 'input');
		button.form!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
		await find('.notice-done', '1 row written, 1 left');
		const sent = calls.find((call) => call.path === '/revert')!;
		expect(sent.body).toEqual({ selection: { request: 'r-1' }, reason: 'the import was wrong', resolutions: { LATER_CHANGE: 'SKIP' } });
		expect(sent.headers['X-CSRF-TOKEN']).toBe('t-1');
	});

	it('shows conflicts that have come since the plan', async () => {
		serve({ '/revert/plan': { ...plan, conflicts: [] }, '/revert': [409, { title: 'Conflicts', detail: 'Somebody was faster', conflicts: plan.conflicts }] });
		open('/revert?of=request&id=r-1');
		await type(await find('#reason'), 'why', 'input');
		const button = (await find('button[type=submit]')) as HTMLButtonElement;
		button.form!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
		await find('.conflict', 'by bob');
		await find('.notice', 'Somebody was faster');
	});

	it('is chosen by its id', async () => {
		serve({ '/revert/plan': { steps: [], conflicts: [], sql: '', changes: 0 } });
		open('/revert');
		const field = await find('form input[type=text]');
		await type(field, '77', 'input');
		(field as HTMLInputElement).form!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
		await vi.waitFor(() => expect(location.search).toBe('?of=transaction&id=77'));
		await find('.empty-title', 'nothing to revert');
	});
});

describe('the page', () => {
	it('has a title and a focus for each screen', async () => {
		serve({ '/changes': list() });
		open('/record');
		await find('.card', 'Which record');
		navigate('/changes');
		await find('h1', 'Changes');
		await vi.waitFor(() => {
			expect(document.activeElement?.id).toBe('heading');
			expect(document.title).toBe('Changes · Bemi · shop');
		});
	});

	it('knows which screens there are', async () => {
		serve({});
		open('/nowhere');
		await find('h1', 'Not found');
	});
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import '../src/embed/bemi-history';
import { serve } from './server';

const item = (user: string) => ({ committedAt: '2026-11-29T10:00:00.123456Z', operation: 'UPDATE', user, diff: { task: { old: 'Eat', new: '<b>Eat</b>' } } });

afterEach(() => {
	document.body.replaceChildren();
	vi.unstubAllGlobals();
});

function embed(attributes: Record<string, string>): ShadowRoot {
	const element = document.createElement('bemi-history');
	Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
	document.body.append(element);
	return element.shadowRoot!;
}

describe('<bemi-history>', () => {
	it('shows the history of a record, page by page', async () => {
		const calls = serve({ '/embed/history': (call: { query: URLSearchParams }) => (call.query.get('cursor') ? { changes: [item('bob')], next: null } : { changes: [item('ann')], next: 'c' }) });
		const root = embed({ table: 'todo', record: '7', api: '/other/api/v1/' });
		await vi.waitFor(() => expect(root.textContent).toContain('ann'));
		expect(calls[0]!.query.toString()).toBe('schema=public&table=todo&record=7');
		expect(root.querySelector('dd b')).toBeNull();
		expect(root.textContent).toContain('<b>Eat</b>');
		root.querySelector<HTMLElement>('button[part=button]')!.click();
		await vi.waitFor(() => expect(root.textContent).toContain('bob'));
		expect(root.querySelectorAll('li')).toHaveLength(2);
	});

	it('says that one may not see it', async () => {
		serve({ '/embed/history': [403, {}] });
		const root = embed({ table: 'todo', record: '7' });
		await vi.waitFor(() => expect(root.textContent).toContain('You may not see this history.'));
	});

	it('says what it needs', async () => {
		const root = embed({ table: 'todo' });
		await vi.waitFor(() => expect(root.textContent).toContain('needs the attributes table and record'));
	});

	it('follows its attributes', async () => {
		const calls = serve({ '/embed/history': { changes: [], next: null } });
		const root = embed({ table: 'todo', record: '7' });
		await vi.waitFor(() => expect(root.textContent).toContain('Nothing has changed yet'));
		(root.host as HTMLElement).setAttribute('record', '8');
		await vi.waitFor(() => expect(calls.at(-1)!.query.get('record')).toBe('8'));
	});
});

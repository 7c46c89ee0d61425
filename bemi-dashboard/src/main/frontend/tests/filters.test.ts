import { describe, expect, it } from 'vitest';
import { apiObject, apiQuery, contextValue, isEmpty, NO_FILTERS, parts, problems, readFilters, withContext, writeFilters, type Filters } from '../src/lib/filters';

const ALL: Filters = {
	schema: 'public', table: 'todo & co', record: '["a", 1]', operations: ['CREATE', 'DELETE'], changed: ['isCompleted'], changedFrom: 'false', changedTo: '"ä"',
	context: [['user', 'ann'], ['job.name', 'night=ly']], since: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z',
	transaction: '7', trace: 't', request: 'r/1?', values: '{"a": 1}', before: '{}', text: 'x y',
};

describe('filters', () => {
	it('come back from the URL as they went there', () => {
		expect(readFilters(new URLSearchParams(writeFilters(ALL).toString()))).toEqual(ALL);
		expect(readFilters(new URLSearchParams(writeFilters({ ...NO_FILTERS, range: '7d' }).toString()))).toEqual({ ...NO_FILTERS, range: '7d' });
	});

	it('have the names of the API', () => {
		expect(apiQuery({ ...NO_FILTERS, table: 'todo', operations: ['UPDATE'], context: [['user', 'ann']] }).toString()).toBe('table=todo&operation=UPDATE&context.user=ann');
	});

	it('leave out what nobody knows', () => {
		const read = readFilters(new URLSearchParams('operation=DROP&operation=UPDATE&range=9y&context.=x&context.a=&foo=bar&table='));
		expect(read).toEqual({ ...NO_FILTERS, operations: ['UPDATE'] });
		expect(isEmpty(readFilters(new URLSearchParams('foo=bar')))).toBe(true);
	});

	it('turn a range into its start', () => {
		const now = Date.parse('2026-11-29T12:00:00Z');
		expect(apiQuery({ ...NO_FILTERS, range: '24h' }, now).toString()).toBe('since=2026-11-28T12%3A00%3A00.000Z');
		expect(apiQuery({ ...NO_FILTERS, range: '24h', text: 'x' }, now).get('until')).toBe('2026-11-29T12:00:00.000Z');
	});

	it('are an object for a revert', () => {
		expect(apiObject(apiQuery(ALL))).toMatchObject({ table: 'todo & co', operation: ['CREATE', 'DELETE'], 'context.user': 'ann' });
	});

	it('ask for text as text, also where it looks like JSON', () => {
		expect(contextValue('ann')).toBe('ann');
		expect(contextValue('42')).toBe('"42"');
		expect(contextValue('true')).toBe('"true"');
		expect(contextValue('')).toBe('""');
		expect(contextValue(42)).toBe('42');
		expect(contextValue(null)).toBe('null');
		expect(contextValue(['a'])).toBe('["a"]');
	});

	it('have one value for a key of the context', () => {
		const filters = withContext(withContext(NO_FILTERS, 'user', 'ann'), 'user', 'bob');
		expect(filters.context).toEqual([['user', 'bob']]);
	});

	it('say what would be refused', () => {
		expect(problems(NO_FILTERS)).toEqual({});
		expect(problems(ALL)).toEqual({});
		expect(Object.keys(problems({ ...NO_FILTERS, values: '[1]', before: '{', text: 'x', changedTo: '1' }))).toEqual(['values', 'before', 'changedTo', 'text']);
		expect(problems({ ...NO_FILTERS, changed: ['a'], changedFrom: 'nope' }).changedFrom).toContain('Write JSON');
		expect(problems({ ...NO_FILTERS, since: ALL.until!, until: ALL.since! }).until).toBeDefined();
		expect(problems({ ...NO_FILTERS, text: 'x', range: '1h' })).toEqual({});
		expect(Object.keys(problems({ ...NO_FILTERS, since: '<b>', until: 'soon' }))).toEqual(['since', 'until']);
	});

	it('can be removed one by one', () => {
		const listed = parts(ALL);
		expect(listed.map((part) => part.label)).toContain('job.name');
		expect(listed[0]).toMatchObject({ label: 'table', value: 'todo & co' });
		expect(listed[0]!.without.schema).toBeUndefined();
		for (const part of listed) {
			expect(parts(part.without)).toHaveLength(listed.length - 1);
		}
	});
});

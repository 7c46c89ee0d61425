import { describe, expect, it } from 'vitest';
import { groupFilters, toBars } from '../src/overview/groups';
import { indexAt, compareInstants } from '../src/record/Slider';
import { readSelection } from '../src/revert/selection';
import { undecided } from '../src/revert/conflicts';
import { facts, who } from '../src/lib/metadata';
import { traceLink } from '../src/trail/TrailPage';
import { prepend } from '../src/changes/useChanges';
import { change } from './changes';

describe('bars', () => {
	const since = '2026-11-28T10:20:00Z';
	const until = '2026-11-28T13:00:00Z';

	it('are there for hours in which nothing happened', () => {
		const bars = toBars([{ from: '2026-11-28T11:00:00Z', group: 'todo', count: 3 }], since, until, 'HOUR');
		expect(bars.starts).toEqual(['2026-11-28T10:00:00.000Z', '2026-11-28T11:00:00.000Z', '2026-11-28T12:00:00.000Z']);
		expect(bars.series).toEqual([{ group: 'todo', value: undefined, total: 3, counts: [0, 3, 0] }]);
	});

	it('put small groups together', () => {
		const counts = ['a', 'b', 'c', 'd'].map((group, index) => ({ from: '2026-11-28T11:00:00Z', group, count: index + 1 }));
		const bars = toBars(counts, since, until, 'HOUR', 2);
		expect(bars.series.map((series) => [series.group, series.total])).toEqual([['d', 4], ['c', 3], [undefined, 3]]);
	});

	it('lose nothing where the server cuts time otherwise', () => {
		const bars = toBars([{ from: '2026-11-28T09:30:00Z', group: null, count: 2 }, { from: '2026-11-28T12:45:00Z', group: null, count: 5 }], since, until, 'HOUR');
		expect(bars.series[0]!.counts).toEqual([2, 0, 5]);
	});

	it('lead to their changes', () => {
		expect(groupFilters('operation', 'UPDATE')?.operations).toEqual(['UPDATE']);
		expect(groupFilters('context.user', '42', '42')?.context).toEqual([['user', '"42"']]);
		expect(groupFilters('context.user', '42', 42)?.context).toEqual([['user', '42']]);
		expect(groupFilters('context.user', 'ann')?.context).toEqual([['user', 'ann']]);
		expect(groupFilters('table', 'public.todo')).toMatchObject({ schema: 'public', table: 'todo' });
		expect(groupFilters('table', 'public.odd.name')).toMatchObject({ schema: 'public', table: 'odd.name' });
		expect(groupFilters('table', null)).toBeNull();
	});
});

describe('moments', () => {
	const changes = ['2026-11-28T10:00:00.000001Z', '2026-11-28T10:00:00.000002Z', '2026-11-28T11:00:00Z'].map((committedAt, index) => change({ id: String(index), committedAt }));

	it('are compared to the microsecond', () => {
		expect(compareInstants('2026-11-28T10:00:00.000001Z', '2026-11-28T10:00:00.000002Z')).toBeLessThan(0);
		expect(compareInstants('2026-11-28T10:00:00Z', '2026-11-28T10:00:00.000000Z')).toBe(0);
	});

	it('show the last change before them', () => {
		expect(indexAt(changes, '2026-11-28T10:00:00.000001Z')).toBe(0);
		expect(indexAt(changes, '2026-11-28T10:30:00Z')).toBe(1);
		expect(indexAt(changes, '2026-11-27T10:30:00Z')).toBe(-1);
		expect(indexAt(changes, '2026-12-27T10:30:00Z')).toBe(2);
	});
});

describe('what a URL asks to revert', () => {
	const read = (query: string) => readSelection(new URLSearchParams(query));

	it('is a transaction, a request, a record or an answer to filters', () => {
		expect(read('of=transaction&id=7')).toEqual({ transaction: '7' });
		expect(read('of=request&id=r/1')).toEqual({ request: 'r/1' });
		expect(read('of=record&schema=public&table=todo&record=7&at=2026-11-28T10:00:00Z')).toEqual({ record: { schema: 'public', table: 'todo', key: '7', at: '2026-11-28T10:00:00Z' } });
		expect(read('of=filters&table=todo&operation=UPDATE&operation=DELETE')).toEqual({ filters: { table: 'todo', operation: ['UPDATE', 'DELETE'] } });
	});

	it('is nothing where it would be everything', () => {
		expect(read('of=filters')).toBeNull();
		expect(read('of=transaction')).toBeNull();
		expect(read('of=record&table=todo')).toBeNull();
		expect(read('')).toBeNull();
	});

	it('is decided kind by kind', () => {
		expect(undecided(['LATER_CHANGE', 'LATER_CHANGE', 'ALTERED'], { ALTERED: 'SKIP' })).toEqual(['LATER_CHANGE']);
	});
});

describe('a context', () => {
	it('has its user first, and what Bemi notes last', () => {
		const found = facts({ _bemi: { method: 'GET', db: { user: 'app' } }, 'a.b': 1, 'a"': 2, user: 'ann', job: { name: 'x' } });
		expect(found.map((fact) => [fact.key, fact.label, fact.filterable])).toEqual([
			['user', 'user', true], ['"a.b"', '"a.b"', true], ['a"', 'a"', false], ['job.name', 'job.name', true], ['_bemi.method', 'method', true], ['_bemi.db.user', 'db.user', true],
		]);
	});

	it('says who it was, else which role of the database', () => {
		expect(who({ user: 'ann' })).toBe('ann');
		expect(who({ user: 42 })).toBe('42');
		expect(who({ _bemi: { db: { user: 'dba' } } })).toBe('database user dba');
		expect(who({})).toBeNull();
	});
});

describe('a link to a trace', () => {
	it('is a web address, or none', () => {
		expect(traceLink('https://t.example.com/{traceId}?x={traceId}', 'a/b')).toBe('https://t.example.com/a%2Fb?x=a%2Fb');
		expect(traceLink('/traces/{traceId}', 'a')).toBe('/traces/a');
		expect(traceLink('javascript:alert(1)//{traceId}', 'a')).toBeNull();
		expect(traceLink('//evil.example.com/{traceId}', 'a')).toBeNull();
	});
});

describe('what comes live', () => {
	it('is shown once', () => {
		const list = [change({ id: '2' }), change({ id: '1' })];
		expect(prepend(list, [change({ id: '3' }), change({ id: '2' })]).map((one) => one.id)).toEqual(['3', '2', '1']);
		expect(prepend(list, [change({ id: '2' })])).toBe(list);
	});
});

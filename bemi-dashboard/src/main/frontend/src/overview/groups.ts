import type { Bucket, Count, Instant, Operation } from '../api/types';
import { contextValue, NO_FILTERS, type Filters } from '../lib/filters';
import type { Json } from '../lib/json';
import { bucketEnd, bucketStart } from '../lib/time';

export interface Series {
	/** null: those that have no such value; undefined: all that have no colour of their own. */
	group: string | null | undefined;
	value?: Json;
	total: number;
	counts: number[];
}

export interface Bars {
	starts: Instant[];
	series: Series[];
}

/** Counts as bars: every bucket of the range has one, and groups beyond `most` are one together. */
export function toBars(counts: Count[], since: Instant, until: Instant, bucket: Bucket, most = 6): Bars {
	const starts = new Set<number>();
	for (let start = bucketStart(since, bucket); Date.parse(start) < Date.parse(until) && starts.size < 2000; start = bucketEnd(start, bucket)) {
		starts.add(Date.parse(start));
	}
	const sorted = [...starts].sort((a, b) => a - b);
	// The server cuts time as the page does; should it not, a count is in the bucket in which it begins.
	const indexOf = (from: Instant) => Math.max(0, sorted.findLastIndex((start) => start <= Date.parse(from)));
	const groups = new Map<string | null, Series>();
	for (const count of counts) {
		const series = groups.get(count.group) ?? { group: count.group, value: count.value, total: 0, counts: sorted.map(() => 0) };
		groups.set(count.group, series);
		series.total += count.count;
		series.counts[indexOf(count.from)]! += count.count;
	}
	const ordered = [...groups.values()].sort((a, b) => b.total - a.total);
	const series = ordered.slice(0, most);
	const others = ordered.slice(most);
	if (others.length > 0) {
		series.push({
			group: undefined,
			total: others.reduce((sum, other) => sum + other.total, 0),
			counts: sorted.map((_, at) => others.reduce((sum, other) => sum + other.counts[at]!, 0)),
		});
	}
	return { starts: sorted.map((start) => new Date(start).toISOString()), series };
}

/** The filters that ask for a group; null where none can. */
export function groupFilters(by: string, group: string | null | undefined, value?: Json): Filters | null {
	if (group === null || group === undefined) {
		return null;
	}
	switch (by) {
		case 'table': {
			// schema.table: a table may have dots in its name, a schema hardly ever has.
			const dot = group.indexOf('.');
			return { ...NO_FILTERS, schema: group.slice(0, dot), table: group.slice(dot + 1) };
		}
		case 'operation':
			return { ...NO_FILTERS, operations: [group as Operation] };
		case 'transaction':
			return { ...NO_FILTERS, transaction: group };
		default:
			return { ...NO_FILTERS, context: [[by.slice('context.'.length), value === undefined ? group : contextValue(value)]] };
	}
}

export function groupName(by: string, group: string | null | undefined): string {
	if (group === undefined) {
		return 'others';
	}
	if (group === null) {
		return 'none';
	}
	return by === 'operation' ? group.toLowerCase() : group;
}

import { useEffect, useMemo, useState } from 'preact/hooks';
import { useSession } from '../shell/session';
import { ApiError, client } from '../api/client';
import type { Change, TableInfo } from '../api/types';
import { useLoad } from '../api/useLoad';
import { Empty, Failure, Heading, Loading, OperationBadge, Time } from '../components/Basics';
import { ExportLinks } from '../components/ExportLinks';
import { Labelled } from '../changes/FilterBar';
import { who } from '../lib/metadata';
import { href, navigate } from '../lib/router';
import { plural, visible } from '../lib/text';
import { Compare } from './Compare';
import { Slider } from './Slider';
import { StateAt } from './StateAt';

/** A record: its timeline, its state at any moment, and what lies between two moments. */
export function RecordPage({ query }: { query: URLSearchParams }) {
	const schema = query.get('schema') ?? '';
	const table = query.get('table') ?? '';
	const record = query.get('record') ?? '';
	if (!schema || !table || !record) {
		return <Choose schema={schema} table={table} />;
	}
	return <Timeline key={JSON.stringify([schema, table, record])} query={query} schema={schema} table={table} record={record} />;
}

function Choose({ schema, table }: { schema: string; table: string }) {
	const { tables } = useSession();
	const keyed = tables.filter((info) => info.hasKey);
	const [chosen, setChosen] = useState(table ? `${schema}\n${table}` : '');
	const [record, setRecord] = useState('');
	const names = [...new Map(keyed.map((info) => [`${info.schema}\n${info.table}`, info])).values()];
	const value = chosen || (names[0] ? `${names[0].schema}\n${names[0].table}` : '');
	return (
		<>
			<Heading>Record</Heading>
			<div class="card">
				<p>Which record’s history do you want to see?</p>
				<form
					class="filter-line"
					onSubmit={(event) => {
						event.preventDefault();
						const [ofSchema, ofTable] = value.split('\n');
						if (ofSchema && ofTable && record.trim()) {
							navigate(href('record', { schema: ofSchema, table: ofTable, record: record.trim() }));
						}
					}}
				>
					<Labelled label="Table">
						{(id) => (
							<select id={id} value={value} onChange={(event) => setChosen(event.currentTarget.value)}>
								{names.map((info) => <option key={`${info.schema}\n${info.table}`} value={`${info.schema}\n${info.table}`}>{visible(label(info))}</option>)}
							</select>
						)}
					</Labelled>
					<Labelled label="Primary key">
						{(id) => <input id={id} type="text" required value={record} placeholder={'26, or ["a", 1]'} autocomplete="off" spellcheck={false} onInput={(event) => setRecord(event.currentTarget.value)} />}
					</Labelled>
					<button type="submit" class="button button-accent">Show its history</button>
				</form>
				<p class="muted">A key of several columns is a JSON array, in the order of the key. Or open a record from the list of <a href={href('changes')}>changes</a>.</p>
			</div>
		</>
	);
}

function label(info: TableInfo): string {
	return info.schema === 'public' ? info.table : `${info.schema}.${info.table}`;
}

function Timeline({ query, schema, table, record }: { query: URLSearchParams; schema: string; table: string; record: string }) {
	const { me } = useSession();
	const list = useTimeline(schema, table, record);
	const at = query.get('at');
	const from = query.get('from');
	const comparing = from !== null;
	const changes = list.changes;
	const latest = changes?.[0]?.committedAt ?? null;
	const moment = at ?? latest;
	const identity = { schema, table, record };
	const go = (more: Record<string, string | null>) => navigate(href('record', { ...identity, at, from, ...more }), true);
	const exported = useMemo(() => new URLSearchParams(identity), [schema, table, record]);

	return (
		<>
			<Heading
				aside={
					<>
						<a class="button" href={href('changes', identity)}>As a list</a>
						<ExportLinks query={exported} />
						{me.canRevert && moment && moment !== latest && <a class="button" href={href('revert', { of: 'record', ...identity, at: moment })}>Go back to this moment …</a>}
					</>
				}
			>
				{visible(table)} <span class="literal heading-id">{visible(record)}</span>
			</Heading>
			{list.error && <Failure error={list.error} retry={list.retry} />}
			{!changes && list.loading && <Loading what="the history of the record" />}
			{changes?.length === 0 && <Empty title="The history knows no such record">Check the table and the key. The history may also begin later than the record ended.</Empty>}
			{changes && changes.length > 0 && moment && (
				<>
					<section class="card" aria-label="Timeline">
						<div class="card-head">
							<p class="muted">{plural(changes.length, 'change')}{list.more ? ', and older ones' : ''}</p>
							<div class="segments" role="group" aria-label="What is shown">
								<button type="button" aria-pressed={!comparing} onClick={() => go({ from: null })}>One moment</button>
								<button type="button" aria-pressed={comparing} onClick={() => go({ from: before(changes, moment) })}>Two moments</button>
							</div>
						</div>
						{comparing && <Slider label="From" changes={changes} moment={from} set={(next) => go({ from: next })} />}
						<Slider label={comparing ? 'To' : 'Moment'} changes={changes} moment={moment} set={(next) => go({ at: next })} />
					</section>
					<div class="record">
						<section class="card record-state" aria-labelledby="state-title">
							{comparing ? <Compare {...identity} from={from} to={moment} /> : <StateAt {...identity} at={moment} />}
						</section>
						<section class="card record-timeline" aria-labelledby="history-title">
							<h2 id="history-title">Its changes</h2>
							<ol class="timeline">
								{changes.map((change) => (
									<li key={change.id} aria-current={change.committedAt === moment ? 'true' : undefined}>
										<button type="button" class="timeline-item" onClick={() => go({ at: change.committedAt })}>
											<OperationBadge operation={change.operation} />
											<span class="timeline-what">{visible(what(change))}</span>
											<span class="timeline-when"><Time at={change.committedAt} /> · {visible(who(change.metadata) ?? 'unknown')}</span>
										</button>
										<a class="timeline-link" href={href('change', { id: change.id })}>Details<span class="unseen"> of the change of {change.committedAt}</span></a>
									</li>
								))}
							</ol>
							{list.more && <button type="button" class="button" aria-disabled={list.loading} onClick={() => list.loading || list.loadMore()}>Load older changes</button>}
						</section>
					</div>
				</>
			)}
		</>
	);
}

function what(change: Change): string {
	switch (change.operation) {
		case 'UPDATE':
			return change.changed.join(', ') || 'no field changed';
		case 'TRUNCATE':
			return 'the whole table';
		default:
			return '';
	}
}

/** The moment of the change before; where there is none, the moment itself. */
function before(changes: Change[], moment: string): string {
	const older = changes.find((change) => Date.parse(change.committedAt) < Date.parse(moment));
	return older?.committedAt ?? changes[changes.length - 1]!.committedAt;
}

function useTimeline(schema: string, table: string, record: string) {
	const query = new URLSearchParams({ schema, table, record });
	const first = useLoad(query.toString(), (signal) => client.changes(query, { order: 'newest', limit: 200 }, signal));
	const [older, setOlder] = useState<{ changes: Change[]; next: string | null } | null>(null);
	const [loading, setLoading] = useState(false);
	const [error, setError] = useState<ApiError | null>(null);
	useEffect(() => setOlder(null), [first.data]);
	const next = older ? older.next : (first.data?.next ?? null);
	const loadMore = () => {
		setLoading(true);
		setError(null);
		client.changes(query, { order: 'newest', limit: 200, cursor: next }).then(
			(page) => {
				setOlder((had) => ({ changes: [...(had?.changes ?? []), ...page.changes], next: page.next }));
				setLoading(false);
			},
			(failure: unknown) => {
				setError(failure instanceof ApiError ? failure : new ApiError(-1, 'The answer is not understood', String(failure)));
				setLoading(false);
			},
		);
	};
	return {
		changes: first.data ? [...first.data.changes, ...(older?.changes ?? [])] : null,
		more: next !== null,
		loading: first.loading || loading,
		error: first.error ?? error,
		retry: first.error ? first.reload : loadMore,
		loadMore,
	};
}

import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../shell/session';
import { ApiError, client } from '../api/client';
import type { Change } from '../api/types';
import { Empty, Failure, Heading, Loading, Time } from '../components/Basics';
import { ChangeRow, ContextChip } from '../components/ChangeRow';
import { ExportLinks } from '../components/ExportLinks';
import { NO_FILTERS, withContext, writeFilters } from '../lib/filters';
import { facts, requestOf, traceOf } from '../lib/metadata';
import { href } from '../lib/router';
import { plural, visible } from '../lib/text';

type Kind = 'transaction' | 'request' | 'trace';

const WORDS: Record<Kind, string> = { transaction: 'Transaction', request: 'Request', trace: 'Trace' };

/** Milliseconds after which a trail without changes is looked for again. */
const AGAIN = 1000;

/** Everything that a transaction, a request or a trace has touched, across tables, in order. */
export function TrailPage({ kind, id }: { kind: Kind; id: string }) {
	const { me } = useSession();
	const trail = useTrail(kind, id);
	const changes = trail.changes;
	const first = changes?.[0];
	const query = new URLSearchParams({ [kind]: id });
	const traceId = kind === 'trace' ? id : first ? traceOf(first.metadata) : null;
	const traceUrl = me.traceUrl && traceId ? traceLink(me.traceUrl, traceId) : null;
	return (
		<>
			<Heading
				aside={
					<>
						{traceUrl && <a class="button" href={traceUrl} target="_blank" rel="noopener noreferrer">Open trace ↗<span class="unseen"> in a new window</span></a>}
						<a class="button" href={href('changes', query)}>As a list</a>
						<ExportLinks query={query} />
						{me.canRevert && kind !== 'trace' && <a class="button" href={href('revert', { of: kind, id })}>Revert …</a>}
						{me.canRevert && kind === 'trace' && <a class="button" href={href('revert', { of: 'filters', trace: id })}>Revert …</a>}
					</>
				}
			>
				{WORDS[kind]} <span class="literal heading-id">{visible(id)}</span>
			</Heading>
			{!id && <Empty title="No id was given" />}
			{trail.error && <Failure error={trail.error} retry={trail.more} />}
			{trail.loading && !changes && <Loading what="the changes" />}
			{changes?.length === 0 && <Empty title="It changed nothing that is recorded">Reads leave no trace in the history. What was written a moment ago may still be on its way: it is shown as soon as it is recorded.</Empty>}
			{changes && first && (
				<>
					<Summary changes={changes} complete={!trail.hasMore} />
					{group(changes).map((transaction) => (
						<section key={transaction.id} class="transaction">
							<h2 class="day">
								{kind === 'transaction' ? 'In this order' : <a href={href('transaction', { id: transaction.id })}>Transaction {transaction.id}</a>}
								<span class="muted"> <Time at={transaction.changes[0]!.committedAt} /></span>
							</h2>
							<ol class="rows">{transaction.changes.map((change) => <ChangeRow key={change.id} change={change} />)}</ol>
						</section>
					))}
					{trail.hasMore && (
						<div class="foot">
							<button type="button" class="button" aria-disabled={trail.loading} onClick={() => trail.loading || trail.more()}>Load more</button>
						</div>
					)}
				</>
			)}
		</>
	);
}

/** The address in the trace viewer; null where the template makes no web address. */
export function traceLink(template: string, traceId: string): string | null {
	const url = template.replaceAll('{traceId}', encodeURIComponent(traceId));
	return /^https?:\/\//i.test(url) || /^\/(?!\/)/.test(url) ? url : null;
}

function useTrail(kind: Kind, id: string) {
	const [state, setState] = useState<{ changes: Change[] | null; next: string | null; hasMore: boolean; loading: boolean; error: ApiError | null }>({
		changes: null, next: null, hasMore: false, loading: true, error: null,
	});
	const load = (cursor: string | null, signal?: AbortSignal) => {
		setState((before) => ({ ...before, loading: true, error: null }));
		const page = client.changes(new URLSearchParams({ [kind]: id }), { order: 'oldest', limit: 200, cursor }, signal);
		return page.then(
			(found) =>
				!signal?.aborted &&
				setState((before) => ({
					changes: cursor ? [...(before.changes ?? []), ...found.changes] : found.changes, next: found.next, hasMore: found.next !== null, loading: false, error: null,
				})),
			(error: unknown) =>
				!signal?.aborted &&
				setState((before) => ({ ...before, loading: false, error: error instanceof ApiError ? error : new ApiError(-1, 'The answer is not understood', String(error)) })),
		);
	};
	useEffect(() => {
		const abort = new AbortController();
		if (id) {
			load(null, abort.signal);
		} else {
			setState((before) => ({ ...before, loading: false }));
		}
		return () => abort.abort();
	}, [kind, id]);
	// Whoever comes from a revert is here before what it wrote has left the log.
	const awaited = id !== '' && state.changes?.length === 0 && !state.error;
	useEffect(() => {
		if (!awaited) {
			return undefined;
		}
		const abort = new AbortController();
		let timer = setTimeout(look, AGAIN);
		async function look() {
			if (document.visibilityState === 'visible') {
				await load(null, abort.signal);
			}
			if (!abort.signal.aborted) {
				timer = setTimeout(look, AGAIN);
			}
		}
		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [awaited, kind, id]);
	return { ...state, more: () => load(state.next) };
}

function group(changes: Change[]): { id: string; changes: Change[] }[] {
	const result: { id: string; changes: Change[] }[] = [];
	for (const change of changes) {
		const last = result[result.length - 1];
		if (last?.id === change.transactionId) {
			last.changes.push(change);
		} else {
			result.push({ id: change.transactionId, changes: [change] });
		}
	}
	return result;
}

/** How much it was, where, and by whom. */
function Summary({ changes, complete }: { changes: Change[]; complete: boolean }) {
	const tables = new Map<string, number>();
	changes.forEach((change) => tables.set(change.table, (tables.get(change.table) ?? 0) + 1));
	const transactions = new Set(changes.map((change) => change.transactionId)).size;
	const shared = facts(changes[0]!.metadata).filter((fact) => ['user', 'endpoint', 'requestId', '_bemi.traceId', '_bemi.entryPoint'].includes(fact.key));
	const request = requestOf(changes[0]!.metadata);
	const trace = traceOf(changes[0]!.metadata);
	return (
		<div class="card trail-summary">
			<p>
				<strong>{plural(changes.length, 'change')}{complete ? '' : ' and more'}</strong> in {plural(tables.size, 'table')}, {plural(transactions, 'transaction')}:{' '}
				{[...tables].map(([table, count]) => `${visible(table)} ${count}`).join(', ')}
			</p>
			<ul class="chips">
				{shared.map((fact) => {
					const page = fact.key === 'requestId' && request ? href('request', { id: request }) : fact.key === '_bemi.traceId' && trace ? href('trace', { id: trace }) : null;
					return (
						<li key={fact.key}>
							{page
								? <a class="chip" href={page}><span class="chip-key">{fact.label}</span> <span class="chip-value">{visible(String(fact.value))}</span></a>
								: <ContextChip label={fact.label} value={fact.value} filter={writeFilters(withContext(NO_FILTERS, fact.key, fact.value))} />}
						</li>
					);
				})}
			</ul>
		</div>
	);
}

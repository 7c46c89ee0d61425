import { Component } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useSession } from '../shell/session';
import type { Change } from '../api/types';
import { writeFilters, withContext, NO_FILTERS, type Filters } from '../lib/filters';
import { Exact, writeJson, type Json } from '../lib/json';
import { facts, operationWord, recordName, requestOf, textOf, traceOf, who } from '../lib/metadata';
import { href } from '../lib/router';
import { toSql } from '../lib/sql';
import { clip, visible } from '../lib/text';
import { formatDateTime } from '../lib/time';
import { CopyButton, OperationBadge, Time } from './Basics';
import { Fields } from './Diff';

export interface ChangeRowProps {
	change: Change;
	/** What a chip adds its value to. */
	filters?: Filters;
	startOpen?: boolean;
	fresh?: boolean;
	showDate?: boolean;
}

/** A change in one line, which opens to all that is known of it. Drawn again only where it differs: lists are long. */
export class ChangeRow extends Component<ChangeRowProps> {
	override shouldComponentUpdate(next: Readonly<ChangeRowProps>): boolean {
		const { change, filters, fresh } = this.props;
		return next.change !== change || next.filters !== filters || next.fresh !== fresh;
	}

	override render() {
		return <Row {...this.props} />;
	}
}

function Row({ change, filters = NO_FILTERS, startOpen = false, fresh = false, showDate = false }: ChangeRowProps) {
	const [open, setOpen] = useState(startOpen);
	const id = `change-${change.id}`;
	const user = who(change.metadata);
	const head = useRef<HTMLButtonElement>(null);
	const closeByEscape = (event: KeyboardEvent) => {
		if (event.key === 'Escape' && open) {
			setOpen(false);
			head.current?.focus();
		}
	};
	return (
		<li class={`row${open ? ' row-open' : ''}${fresh ? ' row-fresh' : ''}`} data-change={change.id} onKeyDown={closeByEscape}>
			<button ref={head} type="button" class="row-head" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
				<span class="row-time"><Time at={change.committedAt} show={showDate ? 'date' : 'time'} /></span>
				<OperationBadge operation={change.operation} />
				<span class="row-record" title={`${change.schema}.${change.table}`}>
					<span class="row-table">{visible(change.table)}</span> <span class="row-key">{visible(clip(change.primaryKey ?? '', 40))}</span>
				</span>
				<span class="row-summary">{summary(change)}</span>
				<span class="row-user">{user === null ? <span class="none">unknown</span> : visible(clip(user, 60))}</span>
			</button>
			<div id={id} class="row-body" hidden={!open}>{open && <ChangeDetail change={change} filters={filters} />}</div>
		</li>
	);
}

function short(value: Json | undefined): string {
	if (value === undefined) {
		return '?';
	}
	const text = typeof value === 'string' ? `“${value}”` : value instanceof Exact ? value.text : writeJson(value);
	return visible(clip(text, 48));
}

function summary(change: Change) {
	if (change.operation === 'TRUNCATE') {
		return 'all rows removed';
	}
	if (change.operation === 'UPDATE' && change.changed.length === 0) {
		return <span class="muted">no field changed</span>;
	}
	const names = change.operation === 'UPDATE' ? change.changed : Object.keys(change.operation === 'DELETE' ? change.before : change.values);
	const shown = names.slice(0, change.operation === 'UPDATE' ? 2 : 4);
	const more = names.length - shown.length;
	return (
		<>
			{shown.map((name, index) => (
				<span key={name} class="bit">
					{index > 0 && ', '}
					<span class="bit-name">{visible(name)}</span>{' '}
					{change.masked.includes(name) ? 'masked' : bit(change, name)}
				</span>
			))}
			{more > 0 && <span class="muted"> +{more}</span>}
		</>
	);
}

function bit(change: Change, name: string): string {
	if (change.operation === 'UPDATE') {
		return `${short(change.diff[name]?.old)} → ${short(change.diff[name]?.new)}`;
	}
	return short((change.operation === 'DELETE' ? change.before : change.values)[name]);
}

/** All that is known of a change. */
export function ChangeDetail({ change, filters = NO_FILTERS }: { change: Change; filters?: Filters }) {
	const { me, tables } = useSession();
	const table = tables.find((info) => info.schema === change.schema && info.table === change.table && info.database === change.database);
	const record = change.primaryKey === null ? null : { schema: change.schema, table: change.table, record: change.primaryKey };
	const request = requestOf(change.metadata);
	const trace = traceOf(change.metadata);
	return (
		<div class="detail">
			<div class="detail-main">
				<ChangeFields change={change} />
				<div class="actions">
					<CopyButton label="Copy as JSON" text={() => writeJson(change as unknown as Json, 2)} />
					<CopyButton label="Copy as SQL" text={() => toSql(change, table?.key)} />
					{record && <a class="button button-small" href={href('record', record)}>Record</a>}
					<a class="button button-small" href={href('transaction', { id: change.transactionId })}>Transaction</a>
					{request && <a class="button button-small" href={href('request', { id: request })}>Request</a>}
					{trace && <a class="button button-small" href={href('trace', { id: trace })}>Trace</a>}
					{me.canRevert && change.primaryKey !== null && (
						<a class="button button-small" href={href('revert', revertOf(change))}>Revert …</a>
					)}
					<a class="button button-small" href={href('change', { id: change.id })} title="A page of its own, to send to somebody">Link</a>
				</div>
			</div>
			<div class="detail-side">
				<Context change={change} filters={filters} />
			</div>
		</div>
	);
}

function revertOf(change: Change): URLSearchParams {
	return new URLSearchParams({
		of: 'filters', schema: change.schema, table: change.table, record: change.primaryKey!, transaction: change.transactionId,
	});
}

function ChangeFields({ change }: { change: Change }) {
	switch (change.operation) {
		case 'TRUNCATE':
			return <p>All rows of the table were removed at once.</p>;
		case 'CREATE':
			return <Fields side="new" diff={change.diff} unchanged={rest(change, change.values)} masked={change.masked} unknown={change.unknown} />;
		case 'DELETE':
			return <Fields side="old" diff={change.diff} unchanged={rest(change, change.before)} masked={change.masked} unknown={change.unknown} />;
		case 'UPDATE':
			return change.changed.length === 0 && Object.keys(change.diff).length === 0 ? (
				<>
					<p class="muted">The row was written, but no field changed.</p>
					<Fields diff={{}} unchanged={change.values} masked={change.masked} unknown={change.unknown} />
				</>
			) : (
				<Fields diff={change.diff} unchanged={rest(change, change.values)} masked={change.masked} unknown={change.unknown} />
			);
	}
}

function rest(change: Change, row: Change['values']): Change['values'] {
	return Object.fromEntries(Object.entries(row).filter(([name]) => !Object.hasOwn(change.diff, name)));
}

/** The context as chips: each asks for the changes that have the same. */
function Context({ change, filters }: { change: Change; filters: Filters }) {
	const all = facts(change.metadata);
	const own = all.filter((fact) => !fact.key.startsWith('_bemi.'));
	const bemi = all.filter((fact) => fact.key.startsWith('_bemi.'));
	const chips = (list: typeof all) => (
		<ul class="chips">
			{list.map((fact) => (
				<li key={fact.key}>
					<ContextChip label={fact.label} value={fact.value} filter={fact.filterable ? writeFilters(withContext(filters, fact.key, fact.value)) : null} />
				</li>
			))}
		</ul>
	);
	return (
		<>
			<p class="small-heading">Context</p>
			{own.length > 0 ? chips(own) : <p class="muted">No context was given.</p>}
			{bemi.length > 0 && (
				<details class="collapsed">
					<summary>{bemi.length} technical facts</summary>
					{chips(bemi)}
				</details>
			)}
			<dl class="facts">
				<div><dt>Committed</dt><dd><Time at={change.committedAt} /></dd></div>
				<div><dt>Transaction</dt><dd class="literal">{change.transactionId}</dd></div>
				<div><dt>Position</dt><dd class="literal">{change.position}</dd></div>
				<div><dt>Table</dt><dd>{visible(`${change.database}.${change.schema}.${change.table}`)}</dd></div>
			</dl>
		</>
	);
}

export function ContextChip({ label, value, filter }: { label: string; value: Json; filter: URLSearchParams | null }) {
	const text = visible(textOf(value) ?? 'null');
	const content = <><span class="chip-key">{visible(clip(label, 40))}</span> <span class="chip-value">{clip(text, 120)}</span></>;
	return filter ? (
		<a class="chip" href={href('changes', filter)} title={`Changes where ${visible(label)} is ${clip(text, 400)}`}>{content}</a>
	) : (
		<span class="chip chip-still" title={text}>{content}</span>
	);
}

/** The change in words, for a title. */
export function changeName(change: Change): string {
	return `${operationWord(change.operation)} ${recordName(change)}, ${formatDateTime(change.committedAt)}`;
}

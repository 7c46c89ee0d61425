import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { useSession } from '../shell/session';
import type { TableInfo } from '../api/types';
import { OPERATIONS } from '../api/types';
import { NO_FILTERS, parts, writeFilters, type Filters } from '../lib/filters';
import { operationWord } from '../lib/metadata';
import { isNowhere } from '../lib/focus';
import { clip, visible } from '../lib/text';
import { formatDateTime, fromLocalInput, RANGES, toLocalInput } from '../lib/time';

interface Props {
	filters: Filters;
	wrong: Partial<Record<keyof Filters, string>>;
	apply: (filters: Filters) => void;
}

/** The filters: the common ones always, the others unfolded. What is set is below, each with a way to remove it. */
export function FilterBar({ filters, wrong, apply }: Props) {
	const { tables } = useSession();
	const custom = Boolean(filters.since || filters.until);
	const [own, setOwn] = useState(custom);
	const [asked, setUnfolded] = useState<boolean | null>(null);
	// What is marked is to be seen.
	const unfolded = asked ?? Object.keys(wrong).length > 0;
	const form = useRef<HTMLFormElement>(null);
	const text = writeFilters(filters).toString();
	useEffect(() => setOwn(custom), [text]);
	useLayoutEffect(() => {
		// A chip that was removed had the focus: the next one takes it.
		if (isNowhere() && form.current?.dataset['removed']) {
			(form.current.querySelector<HTMLElement>('.chip-active') ?? form.current.querySelector('select'))?.focus();
		}
		delete form.current?.dataset['removed'];
	}, [text]);
	const remove = (next: Filters) => {
		form.current!.dataset['removed'] = 'true';
		apply(next);
	};
	const special = Boolean(filters.values || filters.before || filters.text || filters.changed.length || filters.transaction || filters.trace || filters.request);
	const set = (more: Partial<Filters>) => apply({ ...filters, ...more });
	const active = parts(filters);
	return (
		<form ref={form} class="filters" role="search" aria-label="Filter changes" onSubmit={(event) => event.preventDefault()}>
			<button type="button" class="button filter-toggle" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
				{unfolded ? 'Hide filters' : active.length > 0 ? 'Change filters' : 'Filters'}
			</button>
			<div class={unfolded ? 'filter-body' : 'filter-body folded'}>
				<div class="filter-line">
					<TableSelect tables={tables} filters={filters} set={set} />
					<TextField label="Record" value={filters.record} placeholder="key" set={(record) => set({ record })} />
					<Labelled label="Time">
						{(id) => (
							<select
								id={id}
								value={own ? 'own' : (filters.range ?? '')}
								onChange={(event) => {
									const value = event.currentTarget.value;
									setOwn(value === 'own');
									if (value !== 'own') {
										set({ range: value || undefined, since: undefined, until: undefined });
									}
								}}
							>
								<option value="">Any time</option>
								{Object.entries(RANGES).map(([name, range]) => <option key={name} value={name}>Last {range.label.toLowerCase()}</option>)}
								<option value="own">From – to …</option>
							</select>
						)}
					</Labelled>
					{own && (
						<>
							<Moment label="From" value={filters.since} set={(since) => set({ since, range: undefined })} error={wrong.since} />
							<Moment label="To" value={filters.until} set={(until) => set({ until, range: undefined })} error={wrong.until} />
						</>
					)}
					<fieldset class="toggles">
						<legend>Operation</legend>
						<div class="toggle-row">
							{OPERATIONS.map((operation) => (
								<label key={operation} class="toggle">
									<input
										type="checkbox"
										checked={filters.operations.includes(operation)}
										onChange={(event) =>
											set({ operations: event.currentTarget.checked ? [...filters.operations, operation] : filters.operations.filter((other) => other !== operation) })
										}
									/>
									<span>{operationWord(operation)}</span>
								</label>
							))}
						</div>
					</fieldset>
				</div>
				<ContextField add={(key, value) => set({ context: [...filters.context.filter(([name]) => name !== key), [key, value]] })} />
				<details class="more" open={special}>
					<summary>More filters</summary>
					<div class="filter-line">
						<TextField label="Field changed" value={filters.changed[0]} placeholder="column" suggestions={columns(tables, filters)} set={(column) => set({ changed: column ? [column] : [], ...(column ? {} : { changedFrom: undefined, changedTo: undefined }) })} />
						<TextField label="… from (JSON)" value={filters.changedFrom} placeholder="false" error={wrong.changedFrom} set={(changedFrom) => set({ changedFrom })} />
						<TextField label="… to (JSON)" value={filters.changedTo} placeholder="true" error={wrong.changedTo} set={(changedTo) => set({ changedTo })} />
						<TextField label="Before has (JSON)" value={filters.before} placeholder={'{"status": "open"}'} error={wrong.before} set={(before) => set({ before })} />
						<TextField label="After has (JSON)" value={filters.values} placeholder={'{"status": "done"}'} error={wrong.values} set={(values) => set({ values })} />
						<TextField label="Text" value={filters.text} placeholder="anywhere in the row" error={wrong.text} set={(text) => set({ text })} />
						<TextField label="Transaction" value={filters.transaction} set={(transaction) => set({ transaction })} />
						<TextField label="Request" value={filters.request} set={(request) => set({ request })} />
						<TextField label="Trace" value={filters.trace} set={(trace) => set({ trace })} />
					</div>
				</details>
			</div>
			{active.length > 0 && (
				<div class="active">
					<ul class="chips" aria-label="Filters that are set">
						{active.map((part) => {
							const value = part.label === 'since' || part.label === 'until' ? formatDateTime(part.value) : part.value;
							return (
								<li key={part.label + part.value}>
									<button type="button" class="chip chip-active" onClick={() => remove(part.without)} title="Remove this filter">
										<span class="chip-key">{visible(part.label)}</span> <span class="chip-value">{visible(clip(value, 80))}</span>
										<span class="chip-x" aria-hidden="true">×</span><span class="unseen">, remove</span>
									</button>
								</li>
							);
						})}
					</ul>
					<button type="button" class="link" onClick={() => remove(NO_FILTERS)}>Clear all</button>
				</div>
			)}
		</form>
	);
}

function columns(tables: TableInfo[], filters: Filters): string[] {
	const fitting = tables.filter((info) => (!filters.table || info.table === filters.table) && (!filters.schema || info.schema === filters.schema));
	return [...new Set(fitting.flatMap((info) => info.columns))].sort();
}

function TableSelect({ tables, filters, set }: { tables: TableInfo[]; filters: Filters; set: (more: Partial<Filters>) => void }) {
	const names = [...new Map(tables.map((info) => [`${info.schema}\n${info.table}`, info])).values()];
	const current = filters.table ? `${filters.schema ?? ''}\n${filters.table}` : '';
	const listed = names.some((info) => current === `${info.schema}\n${info.table}`);
	return (
		<Labelled label="Table">
			{(id) => (
				<select
					id={id}
					value={current}
					onChange={(event) => {
						const [schema, table] = event.currentTarget.value.split('\n');
						set({ schema: schema || undefined, table, record: undefined });
					}}
				>
					<option value="">All tables</option>
					{current && !listed && <option value={current}>{visible(filters.schema ? `${filters.schema}.${filters.table}` : filters.table!)}</option>}
					{names.map((info) => {
						const value = `${info.schema}\n${info.table}`;
						return <option key={value} value={value}>{visible(info.schema === 'public' ? info.table : `${info.schema}.${info.table}`)}</option>;
					})}
				</select>
			)}
		</Labelled>
	);
}

export function Labelled({ label, error, children }: { label: string; error?: string | undefined; children: (id: string) => ComponentChildren }) {
	const id = useId();
	return (
		<div class="labelled">
			<label for={id}>{label}</label>
			{children(id)}
			{error && <span class="field-error" id={`${id}-error`} role="alert">{error}</span>}
		</div>
	);
}

interface TextFieldProps {
	label: string;
	value: string | undefined;
	placeholder?: string;
	error?: string | undefined;
	suggestions?: string[];
	set: (value: string | undefined) => void;
}

/** Follows what the URL says, but leaves alone what is being typed. */
function useFollowing(value: string) {
	const input = useRef<HTMLInputElement>(null);
	useEffect(() => {
		if (input.current) {
			input.current.value = value;
		}
	}, [value]);
	return input;
}

/** A text that counts when it is left, or with Enter. */
export function TextField({ label, value, placeholder, error, suggestions, set }: TextFieldProps) {
	const input = useFollowing(value ?? '');
	return (
		<Labelled label={label} error={error}>
			{(id) => (
				<>
					<input
						ref={input}
						id={id}
						type="text"
						placeholder={placeholder}
						list={suggestions ? `${id}-list` : undefined}
						aria-invalid={error ? true : undefined}
						aria-describedby={error ? `${id}-error` : undefined}
						autocomplete="off"
						spellcheck={false}
						onChange={(event) => set(event.currentTarget.value.trim() || undefined)}
					/>
					{suggestions && <datalist id={`${id}-list`}>{suggestions.map((name) => <option key={name} value={name} />)}</datalist>}
				</>
			)}
		</Labelled>
	);
}

export function Moment({ label, value, error, set }: { label: string; value: string | null | undefined; error?: string | undefined; set: (value: string | undefined) => void }) {
	const input = useFollowing(value ? toLocalInput(value) : '');
	return (
		<Labelled label={label} error={error}>
			{(id) => (
				<input
					ref={input}
					id={id}
					type="datetime-local"
					step={1}
					onBlur={(event) => {
						const next = fromLocalInput(event.currentTarget.value) ?? undefined;
						// The input knows seconds only: left alone, it must not round the moment that the URL has.
						if (event.currentTarget.value !== (value ? toLocalInput(value) : '')) {
							set(next);
						}
					}}
					onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
				/>
			)}
		</Labelled>
	);
}

function ContextField({ add }: { add: (key: string, value: string) => void }) {
	const id = useId();
	const [key, setKey] = useState('user');
	const [value, setValue] = useState('');
	const ready = key.trim() !== '' && value.trim() !== '';
	const input = useRef<HTMLInputElement>(null);
	const submit = () => {
		add(key.trim(), value.trim());
		setValue('');
		input.current?.focus();
	};
	return (
		<div class="context-field">
			<label for={`${id}-key`}>Context</label>
			<input id={`${id}-key`} type="text" class="context-key" list={`${id}-keys`} value={key} autocomplete="off" spellcheck={false} onInput={(event) => setKey(event.currentTarget.value)} />
			<datalist id={`${id}-keys`}>
				{['user', 'endpoint', 'requestId', '_bemi.entryPoint', '_bemi.method', '_bemi.db.user', '_bemi.db.application'].map((name) => <option key={name} value={name} />)}
			</datalist>
			<span aria-hidden="true">=</span>
			<input
				ref={input}
				type="text"
				aria-label="Value in the context"
				placeholder="value"
				value={value}
				autocomplete="off"
				spellcheck={false}
				onInput={(event) => setValue(event.currentTarget.value)}
				onKeyDown={(event) => event.key === 'Enter' && ready && submit()}
			/>
			<button type="button" class="button" disabled={!ready} onClick={submit}>Add</button>
		</div>
	);
}

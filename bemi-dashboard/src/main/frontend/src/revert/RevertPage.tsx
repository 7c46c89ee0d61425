import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useSession } from '../shell/session';
import { ApiError, client } from '../api/client';
import type { Conflict, Resolution, RevertPlan, RevertResult, Selection } from '../api/types';
import { useLoad } from '../api/useLoad';
import { announce, CopyButton, Empty, Failure, Heading, Loading, Time } from '../components/Basics';
import { Fields } from '../components/Diff';
import { Labelled } from '../changes/FilterBar';
import { parts, readFilters } from '../lib/filters';
import { href, navigate } from '../lib/router';
import { plural, visible } from '../lib/text';
import { kindName, kindOf, undecided } from './conflicts';
import { readSelection } from './selection';

/** Undoes a selection of changes: first the plan, then, with a reason, the deed. */
export function RevertPage({ query }: { query: URLSearchParams }) {
	const { me } = useSession();
	const text = query.toString();
	const selection = useMemo(() => readSelection(new URLSearchParams(text)), [text]);
	return (
		<>
			<Heading>Revert</Heading>
			{!me.canRevert ? (
				<div class="notice notice-forbidden" role="alert">
					<p class="notice-title">You may look, but not revert</p>
					<p>Reverting needs a role of its own. Ask whoever runs {me.application || 'the application'}.</p>
				</div>
			) : selection ? (
				<>
					<p class="lead">Undo <Target selection={selection} query={query} /></p>
					<Planned key={text} selection={selection} />
				</>
			) : (
				<Choose />
			)}
		</>
	);
}

function Target({ selection, query }: { selection: Selection; query: URLSearchParams }) {
	if ('transaction' in selection) {
		return <>what <a href={href('transaction', { id: selection.transaction })}>transaction {selection.transaction}</a> did.</>;
	}
	if ('request' in selection) {
		return <>what <a href={href('request', { id: selection.request })}>request {visible(selection.request)}</a> did.</>;
	}
	if ('record' in selection) {
		const { schema, table, key, at } = selection.record;
		return <>all that was done to <a href={href('record', { schema, table, record: key, at })}>{visible(table)} {visible(key)}</a> after <Time at={at} />.</>;
	}
	const words = parts(readFilters(query)).map((part) => `${part.label} ${part.value}`).join(', ');
	const list = new URLSearchParams(query);
	list.delete('of');
	return <>all <a href={href('changes', list)}>changes</a> with {visible(words)}.</>;
}

function Choose() {
	const [of, setOf] = useState<'transaction' | 'request'>('transaction');
	const [id, setId] = useState('');
	return (
		<div class="card">
			<p>Choose what to undo. Nothing is written before you have seen the plan.</p>
			<form
				class="filter-line"
				onSubmit={(event) => {
					event.preventDefault();
					if (id.trim()) {
						navigate(href('revert', { of, id: id.trim() }));
					}
				}}
			>
				<Labelled label="What">
					{(field) => (
						<select id={field} value={of} onChange={(event) => setOf(event.currentTarget.value as typeof of)}>
							<option value="transaction">A transaction</option>
							<option value="request">A request</option>
						</select>
					)}
				</Labelled>
				<Labelled label="Its id">
					{(field) => <input id={field} type="text" value={id} required autocomplete="off" spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />}
				</Labelled>
				<button type="submit" class="button button-accent">Show the plan</button>
			</form>
			<p class="muted">Or filter <a href={href('changes')}>changes</a> and revert those; or open a <a href={href('record')}>record</a> and go back to one of its moments.</p>
		</div>
	);
}

function Planned({ selection }: { selection: Selection }) {
	const plan = useLoad('plan', (signal) => client.planRevert(selection, signal));
	const [result, setResult] = useState<RevertResult | null>(null);
	if (result) {
		return <Done result={result} />;
	}
	if (plan.error && !plan.data) {
		return <Failure error={plan.error} retry={plan.reload} />;
	}
	if (!plan.data) {
		return <Loading what="the plan" />;
	}
	if (plan.data.steps.length === 0 && plan.data.conflicts.length === 0) {
		return <Empty title="There is nothing to revert">No change answers, or everything is as it was already.</Empty>;
	}
	return (
		<>
			<Steps plan={plan.data} />
			<Execute selection={selection} plan={plan.data} replan={plan.reload} done={setResult} />
		</>
	);
}

const ACTIONS = { INSERT: ['Restore', 'create', 'new'], UPDATE: ['Change back', 'update', null], DELETE: ['Delete', 'delete', 'old'] } as const;
const MANY = 200;

function Steps({ plan }: { plan: RevertPlan }) {
	const [all, setAll] = useState(false);
	const steps = all ? plan.steps : plan.steps.slice(0, MANY);
	return (
		<section class="card" aria-labelledby="steps-title">
			<h2 id="steps-title">The plan <span class="muted">{plural(plan.changes, 'change')} undone in {plan.more ? 'more than ' : ''}{plural(plan.steps.length, 'step')}</span></h2>
			<ol class="steps">
				{steps.map((step, index) => (
					<li key={index} class="step">
						<span class={`op op-${ACTIONS[step.action][1]}`}>{ACTIONS[step.action][0]}</span>
						<a class="row-record" href={href('record', { schema: step.schema, table: step.table, record: step.primaryKey })}>
							<span class="row-table">{visible(step.table)}</span> <span class="row-key">{visible(step.primaryKey ?? '')}</span>
						</a>
						<div>
							<Fields
								diff={Object.fromEntries(Object.entries(step.columns).map(([name, column]) => [name, { old: column.now, new: column.then }]))}
								masked={step.masked}
								side={ACTIONS[step.action][2]}
							/>
						</div>
					</li>
				))}
			</ol>
			{!all && plan.steps.length > MANY && <button type="button" class="button" onClick={() => setAll(true)}>Show all {plural(plan.steps.length, 'step')}</button>}
			{plan.more && <p class="muted">There are more than are shown. All of them are executed.</p>}
			<details class="collapsed">
				<summary>SQL</summary>
				<CopyButton label="Copy SQL" text={() => plan.sql} />
				<pre class="code" tabIndex={0} role="region" aria-label="SQL of the plan">{visible(plan.sql)}</pre>
			</details>
		</section>
	);
}

function Execute({ selection, plan, replan, done }: { selection: Selection; plan: RevertPlan; replan: () => void; done: (result: RevertResult) => void }) {
	const [reason, setReason] = useState('');
	const [missing, setMissing] = useState(false);
	const [resolutions, setResolutions] = useState<Record<string, Resolution>>({});
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<ApiError | null>(null);
	const conflicts = error && error.conflicts.length > 0 ? error.conflicts : plan.conflicts;
	const open = undecided(conflicts.map((conflict) => conflict.kind), resolutions);

	const submit = async (event: Event) => {
		event.preventDefault();
		setMissing(reason.trim() === '');
		if (reason.trim() === '' || open.length > 0 || busy) {
			if (reason.trim() === '') {
				document.getElementById('reason')?.focus();
			}
			return;
		}
		setBusy(true);
		setError(null);
		try {
			const result = await client.revert(selection, reason.trim(), resolutions);
			announce('Reverted');
			done(result);
		} catch (failure) {
			setError(failure instanceof ApiError ? failure : new ApiError(-1, 'The answer is not understood', String(failure)));
			replan();
		} finally {
			setBusy(false);
		}
	};

	return (
		<form class="card" aria-labelledby="execute-title" onSubmit={submit} noValidate>
			<h2 id="execute-title">{conflicts.length > 0 ? plural(conflicts.length, 'conflict') : 'No conflicts'}</h2>
			{error && <Failure error={error} />}
			{conflicts.length > 0 && <Conflicts conflicts={conflicts} resolutions={resolutions} decide={(kind, resolution) => setResolutions({ ...resolutions, [kind]: resolution })} />}
			<div class="labelled reason">
				<label for="reason">Reason (is recorded)</label>
				<textarea id="reason" rows={2} value={reason} required aria-invalid={missing ? true : undefined} aria-describedby={missing ? 'reason-error' : undefined} onInput={(event) => setReason(event.currentTarget.value)} />
				{missing && <span class="field-error" id="reason-error" role="alert">Say why, for whoever reads the history later</span>}
			</div>
			<div class="actions">
				<button type="submit" class="button button-accent" disabled={open.length > 0} aria-disabled={busy}>
					{busy ? 'Reverting …' : `Revert ${plural(plan.changes, 'change')}`}
				</button>
				<span class="muted">
					{open.length > 0 ? `Decide first about: ${open.map(kindName).join(', ').toLowerCase()}.` : 'One transaction: all of it, or nothing.'}
				</span>
			</div>
		</form>
	);
}

function Conflicts({ conflicts, resolutions, decide }: { conflicts: Conflict[]; resolutions: Record<string, Resolution>; decide: (kind: string, resolution: Resolution) => void }) {
	const kinds = [...new Set(conflicts.map((conflict) => conflict.kind))];
	return (
		<>
			{kinds.map((kind) => {
				const of = conflicts.filter((conflict) => conflict.kind === kind);
				const known = kindOf(kind);
				return (
					<fieldset key={kind} class="conflict">
						<legend>{kindName(kind)}</legend>
						<p>{known.means}</p>
						<ul class="plain-list">
							{of.slice(0, 20).map((conflict, index) => (
								<li key={index}>
									<a href={href('record', { schema: conflict.schema, table: conflict.table, record: conflict.primaryKey })}>{visible(conflict.table)} {visible(conflict.primaryKey ?? '')}</a>
									{conflict.columns.length > 0 && <> <span class="literal">{visible(conflict.columns.join(', '))}</span></>}: {visible(conflict.detail)}
								</li>
							))}
							{of.length > 20 && <li class="muted">and {of.length - 20} more</li>}
						</ul>
						<div class="choices">
							{(['skip', 'overwrite'] as const).map((way) => known[way] && (
								<label key={way} class="choice">
									<input type="radio" name={`resolve-${kind}`} checked={resolutions[kind] === way.toUpperCase()} onChange={() => decide(kind, way.toUpperCase() as Resolution)} />
									{known[way]}
								</label>
							))}
						</div>
					</fieldset>
				);
			})}
		</>
	);
}

function Done({ result }: { result: RevertResult }) {
	const title = useRef<HTMLHeadingElement>(null);
	useLayoutEffect(() => title.current?.focus(), []);
	return (
		<div class="notice notice-done" role="status">
			<h2 class="notice-title" tabIndex={-1} ref={title}>Reverted</h2>
			<p>
				{plural(result.written, 'row')} written{result.skipped > 0 && `, ${result.skipped} left as they are`}.
				{result.conflicts.length > 0 && ` ${plural(result.conflicts.length, 'conflict')} resolved as you said.`}
			</p>
			<p class="actions">
				{result.transactionId && <a class="button button-accent" href={href('transaction', { id: result.transactionId })}>See what it wrote</a>}
				{result.transactionId && <a class="button" href={href('revert', { of: 'transaction', id: result.transactionId })}>Undo the revert …</a>}
			</p>
		</div>
	);
}

import { useEffect, useState } from 'preact/hooks';
import { client } from '../api/client';
import { useLoad } from '../api/useLoad';
import { CopyButton, Failure, Loading, Time } from '../components/Basics';
import { Masked } from '../components/Diff';
import { Value } from '../components/Value';
import { writeJson } from '../lib/json';
import { textOf } from '../lib/metadata';
import { href } from '../lib/router';
import { visible } from '../lib/text';

/** A value that follows another when it has come to rest: a slider that is drawn asks once. */
export function useSettled<T>(value: T, milliseconds = 120): T {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), milliseconds);
		return () => clearTimeout(timer);
	}, [value, milliseconds]);
	return settled;
}

/** What a record was at a moment, and who had touched each field last. */
export function StateAt({ schema, table, record, at }: { schema: string; table: string; record: string; at: string }) {
	const moment = useSettled(at);
	const state = useLoad(`${schema}\n${table}\n${record}\n${moment}`, (signal) => client.record(schema, table, record, moment, signal));
	const data = state.data;
	const masked = data?.masked ?? [];
	const names = data ? [...Object.keys(data.values), ...masked.filter((name) => !Object.hasOwn(data.values, name))] : [];
	return (
		<div aria-busy={state.loading}>
			<div class="card-head">
				<h2 id="state-title">State at <Time at={at} /></h2>
				{data?.exists && <CopyButton label="Copy as JSON" text={() => writeJson(data.values, 2)} />}
			</div>
			{state.error && <Failure error={state.error} retry={state.reload} />}
			{!data && state.loading && <Loading what="the state" />}
			{data && !data.exists && <p class="absent">The record does not exist at this moment.</p>}
			{data?.exists && (
				<div class="scroll">
					<table class="state-table">
						<thead>
							<tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Touched last</th></tr>
						</thead>
						<tbody>
							{names.map((name) => {
								const touch = data.lastTouched[name];
								return (
									<tr key={name}>
										<th scope="row">{visible(name)}</th>
										<td>{masked.includes(name) ? <Masked /> : <Value value={data.values[name]} />}</td>
										<td class="touched">
											{touch ? (
												<a href={href('change', { id: touch.changeId })}>{visible(textOf(touch.user) ?? 'unknown')}<span class="touched-when"><Time at={touch.committedAt} /></span></a>
											) : (
												<span class="none">not known</span>
											)}
										</td>
									</tr>
								);
							})}
						</tbody>
					</table>
				</div>
			)}
		</div>
	);
}

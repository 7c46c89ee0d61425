import { useId } from 'preact/hooks';
import type { Change } from '../api/types';
import { Moment } from '../changes/FilterBar';
import { Time } from '../components/Basics';
import { operationWord, who } from '../lib/metadata';
import { visible } from '../lib/text';
import { formatDateTime } from '../lib/time';

interface Props {
	label: string;
	/** Newest first. */
	changes: Change[];
	moment: string;
	set: (moment: string) => void;
}

/** Instants as the history has them, to the microsecond, which a Date would round: compared as texts where they may be. */
export function compareInstants(a: string, b: string): number {
	const difference = Date.parse(a) - Date.parse(b);
	return difference !== 0 ? difference : fraction(a).localeCompare(fraction(b));
}

function fraction(instant: string): string {
	return (/\.(\d+)/.exec(instant)?.[1] ?? '').padEnd(9, '0');
}

/** The index of the change that a moment shows, oldest first; -1 before the first. */
export function indexAt(oldestFirst: readonly Change[], moment: string): number {
	let index = oldestFirst.length - 1;
	while (index >= 0 && compareInstants(oldestFirst[index]!.committedAt, moment) > 0) {
		index--;
	}
	return index;
}

/** Slides through the changes of a record; every change has the same room, as nothing happens in between. */
export function Slider({ label, changes, moment, set }: Props) {
	const id = useId();
	const ordered = [...changes].reverse();
	const index = Math.max(0, indexAt(ordered, moment));
	const change = ordered[index]!;
	const last = ordered.length - 1;
	const step = (by: number) => {
		// Changes of one transaction share their moment: the next is the next that has another.
		let next = index + by;
		while (ordered[next] && ordered[next]!.committedAt === change.committedAt) {
			next += by;
		}
		if (ordered[next]) {
			set(ordered[next]!.committedAt);
		}
	};
	const text = `${formatDateTime(moment)}, after ${operationWord(change.operation).toLowerCase()} by ${who(change.metadata) ?? 'unknown'}`;
	return (
		<div class="slider">
			<div class="slider-head">
				<label for={id}>{label}</label>
				<strong><Time at={moment} /></strong>
				<span class="muted">{operationWord(change.operation)} by {visible(who(change.metadata) ?? 'unknown')}, change {index + 1} of {ordered.length}</span>
			</div>
			<div class="slider-line">
				<button type="button" class="button" aria-disabled={index === 0} onClick={() => step(-1)} aria-label={`${label}: earlier change`}>‹</button>
				<div class="slider-track">
					<div class="ticks" aria-hidden="true">
						{ordered.length <= 120 && ordered.map((tick, at) => (
							<span key={tick.id} class={`tick tick-${tick.operation.toLowerCase()}${at <= index ? ' tick-past' : ''}`} style={{ left: `${last === 0 ? 50 : (at / last) * 100}%` }} />
						))}
					</div>
					<input
						id={id}
						type="range"
						min={0}
						max={Math.max(last, 0)}
						step={1}
						value={index}
						aria-valuetext={text}
						onInput={(event) => set(ordered[Number(event.currentTarget.value)]!.committedAt)}
					/>
					<div class="slider-ends muted">
						<Time at={ordered[0]!.committedAt} />
						{last > 0 && <Time at={ordered[last]!.committedAt} />}
					</div>
				</div>
				<button type="button" class="button" aria-disabled={index === last} onClick={() => step(1)} aria-label={`${label}: later change`}>›</button>
				<Moment label={label === 'Moment' ? 'Any moment' : `${label} any moment`} value={moment} set={(next) => next && set(next)} />
			</div>
		</div>
	);
}

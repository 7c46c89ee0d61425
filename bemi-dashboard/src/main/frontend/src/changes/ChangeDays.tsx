import type { Change } from '../api/types';
import { ChangeRow } from '../components/ChangeRow';
import type { Filters } from '../lib/filters';
import { dayKey, formatDay } from '../lib/time';

/** Changes under the days of the viewer's zone. */
export function ChangeDays({ changes, filters, fresh }: { changes: Change[]; filters?: Filters; fresh?: ReadonlySet<string> }) {
	const days: { key: string; changes: Change[] }[] = [];
	for (const change of changes) {
		const key = dayKey(change.committedAt);
		const last = days[days.length - 1];
		if (last?.key === key) {
			last.changes.push(change);
		} else {
			days.push({ key, changes: [change] });
		}
	}
	return (
		<div class="days">
			{days.map((day) => (
				<section key={day.key}>
					<h2 class="day">{formatDay(day.changes[0]!.committedAt)}</h2>
					<ol class="rows">
						{day.changes.map((change) => (
							<ChangeRow key={change.id} change={change} filters={filters} fresh={fresh?.has(change.id)} />
						))}
					</ol>
				</section>
			))}
		</div>
	);
}

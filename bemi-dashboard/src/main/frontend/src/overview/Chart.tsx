import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Bucket } from '../api/types';
import { NO_FILTERS, writeFilters } from '../lib/filters';
import { href, navigate } from '../lib/router';
import { formatCount, visible } from '../lib/text';
import { bucketEnd, bucketLabel } from '../lib/time';
import { groupFilters, groupName, type Bars } from './groups';
import type { Span } from './OverviewPage';

interface Props {
	bars: Bars;
	bucket: Bucket;
	by: string;
	span: Span;
}

const HEIGHT = 220;
const OPERATION_COLOURS: Record<string, string> = { CREATE: '--chart-create', UPDATE: '--chart-update', DELETE: '--chart-delete', TRUNCATE: '--chart-truncate' };

function colourName(by: string, bars: Bars, index: number): string {
	const { group } = bars.series[index]!;
	if (group === undefined) {
		return '--chart-others';
	}
	return (by === 'operation' && group !== null && OPERATION_COLOURS[group]) || `--chart-${(index % 6) + 1}`;
}

/** Stacked bars; a click leads to the changes of a bar's part. */
export function Chart({ bars, bucket, by, span }: Props) {
	const place = useRef<HTMLDivElement>(null);
	const [hovered, setHovered] = useState<number | null>(null);
	const [look, setLook] = useState(0);
	const [left, setLeft] = useState(0);

	useEffect(() => {
		const again = () => setLook((value) => value + 1);
		const dark = matchMedia('(prefers-color-scheme: dark)');
		addEventListener('bemi-theme', again);
		dark.addEventListener('change', again);
		return () => {
			removeEventListener('bemi-theme', again);
			dark.removeEventListener('change', again);
		};
	}, []);

	useEffect(() => {
		const element = place.current!;
		const stacked = stack(bars);
		// A custom property keeps its light-dark() unresolved; a colour does not.
		const probe = document.createElement('span');
		element.append(probe);
		const colour = (name: string) => {
			probe.style.color = `var(${name})`;
			return getComputedStyle(probe).color;
		};
		const font = `11px ${getComputedStyle(element).fontFamily}`;
		const axis = { stroke: colour('--muted'), font, ticks: { show: false } };
		const path = uPlot.paths.bars!({ size: [0.84, 56], align: 1 });
		const last = Date.parse(bars.starts[bars.starts.length - 1]!);
		const until = Math.max(Date.parse(span.until), Date.parse(bucketEnd(new Date(last).toISOString(), bucket))) / 1000;
		const options: uPlot.Options = {
			width: element.clientWidth,
			height: HEIGHT,
			padding: [8, 22, 0, 0],
			legend: { show: false },
			cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
			scales: { x: { time: true, range: () => [Date.parse(bars.starts[0]!) / 1000, until] }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
			axes: [
				{ ...axis, grid: { show: false }, size: 30, space: 72, values: (_, splits, __, ___, step) => splits.map((second) => tick(second, step)) },
				{ ...axis, grid: { stroke: colour('--line'), width: 1 }, size: 44, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? formatCount(value) : '')) },
			],
			series: [
				{},
				// The tallest sum is drawn first, so that the others lie in front of it.
				...stacked.map((_, index) => ({
					fill: colour(colourName(by, bars, stacked.length - 1 - index)),
					stroke: 'transparent',
					width: 0,
					paths: path,
					points: { show: false },
				})),
			],
			hooks: {
				setCursor: [
					(plot) => {
						const found = plot.cursor.left == null || plot.cursor.left < 0 ? null : indexAt(bars, plot.posToVal(plot.cursor.left, 'x'));
						setHovered(found);
						setLeft(plot.cursor.left ?? 0);
					},
				],
			},
		};
		probe.remove();
		const data = [bars.starts.map((start) => Date.parse(start) / 1000), ...[...stacked].reverse()] as uPlot.AlignedData;
		const plot = new uPlot(options, data, element);
		plot.over.addEventListener('click', () => {
			const { left: x, top: y } = plot.cursor;
			if (x == null || y == null || x < 0) {
				return;
			}
			const index = indexAt(bars, plot.posToVal(x, 'x'));
			const height = plot.posToVal(y, 'y');
			const part = stacked.findIndex((sums) => height <= sums[index]!);
			const series = bars.series[part];
			const filters = (series && groupFilters(by, series.group, series.value)) ?? NO_FILTERS;
			navigate(href('changes', writeFilters({ ...filters, since: bars.starts[index]!, until: bucketEnd(bars.starts[index]!, bucket) })));
			scrollTo(0, 0);
		});
		const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
		observer.observe(element);
		return () => {
			observer.disconnect();
			plot.destroy();
		};
	}, [bars, bucket, by, span, look]);

	return (
		<figure class="chart-figure">
			<div class="chart" ref={place} role="img" aria-label={`Changes over time by ${by.replace('context.', '')}; the same numbers are in the table below`} />
			{hovered !== null && (
				<div class="tip" aria-hidden="true" style={{ left: `${left + 44}px` }} data-side={left > (place.current?.clientWidth ?? 0) / 2 ? 'left' : 'right'}>
					<strong>{bucketLabel(bars.starts[hovered]!, bucket)}</strong>
					{bars.series.map((series, index) => series.counts[hovered]! > 0 && (
						<span key={series.group} class="tip-line"><Swatch name={colourName(by, bars, index)} /> {visible(groupName(by, series.group))} <b>{formatCount(series.counts[hovered]!)}</b></span>
					))}
				</div>
			)}
			<figcaption class="legend">
				{bars.series.map((series, index) => (
					<span key={series.group}><Swatch name={colourName(by, bars, index)} /> {visible(groupName(by, series.group))} <span class="muted">{formatCount(series.total)}</span></span>
				))}
			</figcaption>
		</figure>
	);
}

function Swatch({ name }: { name: string }) {
	return <span class="swatch" aria-hidden="true" style={{ background: `var(${name})` }} />;
}

/** Each series on top of those before it. */
function stack(bars: Bars): number[][] {
	const sums = bars.starts.map(() => 0);
	return bars.series.map((series) => series.counts.map((count, index) => (sums[index]! += count)));
}

function indexAt(bars: Bars, second: number): number {
	let index = bars.starts.length - 1;
	while (index > 0 && Date.parse(bars.starts[index]!) / 1000 > second) {
		index--;
	}
	return index;
}

function tick(second: number, step: number): string {
	const date = new Date(second * 1000);
	if (step < 86_400 && (date.getHours() > 0 || date.getMinutes() > 0)) {
		return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
	}
	return date.toLocaleDateString('en-GB', step < 28 * 86_400 ? { day: 'numeric', month: 'short' } : { month: 'short', year: 'numeric' });
}

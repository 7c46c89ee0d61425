import type { ComponentChildren } from 'preact';
import type { Diff } from '../api/types';
import { isObject, type Json, type JsonObject } from '../lib/json';
import { jsonDiff, type DiffNode } from '../lib/jsonDiff';
import { visible } from '../lib/text';
import { alike, shorten, wordDiff } from '../lib/words';
import { Unseen } from './Basics';
import { summaryOf, Tree, Value } from './Value';

const SHORT = 32;

/** What became of a value: short ones side by side, long texts word by word, JSON as a tree. */
export function Difference({ old, now }: { old: Json | undefined; now: Json | undefined }) {
	if (typeof old === 'string' && typeof now === 'string' && (old.length > SHORT || now.length > SHORT) && old !== '' && now !== '') {
		const parts = wordDiff(old, now);
		if (parts && alike(parts)) {
			return (
				<span class="text words">
					{shorten(parts).map((part, index) => {
						const text = visible(part.text);
						if (part.kind === 'same') {
							return text;
						}
						return part.kind === 'added'
							? <ins key={index}><Unseen> added: </Unseen>{text}</ins>
							: <del key={index}><Unseen> removed: </Unseen>{text}</del>;
					})}
				</span>
			);
		}
	}
	if ((isObject(old) && isObject(now)) || (Array.isArray(old) && Array.isArray(now))) {
		return <DiffTree node={jsonDiff(old, now)} />;
	}
	if (old === undefined || now === undefined) {
		return <span class="sides">{now === undefined ? <Old value={old} /> : <New value={now} />}</span>;
	}
	return (
		<span class="sides">
			<Old value={old} /> <span class="arrow" aria-hidden="true">→</span> <New value={now} />
		</span>
	);
}

function Old({ value }: { value: Json | undefined }) {
	return <del><Unseen>from </Unseen><Value value={value} /></del>;
}

function New({ value }: { value: Json | undefined }) {
	return <ins><Unseen>to </Unseen><Value value={value} /></ins>;
}

function DiffTree({ node }: { node: DiffNode }) {
	const label = node.key === null ? null : <span class="key">{visible(node.key)}</span>;
	switch (node.mark) {
		case 'inside':
			return (
				<details class="tree" open>
					<summary>{label}<span class="muted">{summaryOf(node.new!, node.children!.length)}</span></summary>
					<div class="branch">
						<Children nodes={node.children!} />
					</div>
				</details>
			);
		case 'added':
			return <div class="leaf leaf-added"><ins><Unseen>added </Unseen><Tree value={node.new!} name={node.key} depth={1} /></ins></div>;
		case 'removed':
			return <div class="leaf leaf-removed"><del><Unseen>removed </Unseen><Tree value={node.old!} name={node.key} depth={1} /></del></div>;
		case 'changed':
			return <div class="leaf">{label}<Difference old={node.old} now={node.new} /></div>;
		case 'same':
			return <Tree value={node.new!} name={node.key} depth={2} />;
	}
}

function Children({ nodes }: { nodes: DiffNode[] }) {
	const same = nodes.filter((node) => node.mark === 'same');
	const other = nodes.filter((node) => node.mark !== 'same');
	return (
		<>
			{other.map((node) => <DiffTree key={node.key} node={node} />)}
			{same.length > 0 && (
				<Collapsed label={`${same.length} unchanged`}>
					{same.map((node) => <DiffTree key={node.key} node={node} />)}
				</Collapsed>
			)}
		</>
	);
}

export function Collapsed({ label, children }: { label: string; children: ComponentChildren }) {
	return (
		<details class="collapsed">
			<summary>{label}</summary>
			{children}
		</details>
	);
}

export interface FieldsProps {
	diff: Diff;
	/** Fields beside those of the diff: shown when unfolded. */
	unchanged?: JsonObject;
	masked?: readonly string[];
	unknown?: readonly string[];
	/** What is said in place of each field's difference where there is only one side. */
	side?: 'old' | 'new' | null;
}

/** The fields that differ, one below the other, and the others folded. */
export function Fields({ diff, unchanged = {}, masked = [], unknown = [], side = null }: FieldsProps) {
	const changed = Object.keys(diff);
	const hidden = masked.filter((name) => !Object.hasOwn(diff, name) && !Object.hasOwn(unchanged, name));
	const lost = unknown.filter((name) => !Object.hasOwn(diff, name));
	const others = Object.keys(unchanged).filter((name) => !Object.hasOwn(diff, name) && !lost.includes(name));
	return (
		<>
			<dl class="fields" part="fields">
				{changed.map((name) => (
					<Field key={name} name={name}>
						{masked.includes(name) ? <Masked /> : <Side side={side} old={diff[name]!.old} now={diff[name]!.new} />}
					</Field>
				))}
				{hidden.map((name) => <Field key={name} name={name}><Masked /></Field>)}
				{lost.map((name) => (
					<Field key={name} name={name}><span class="none" title="The history does not have this value">unknown</span></Field>
				))}
			</dl>
			{others.length > 0 && (
				<Collapsed label={`${others.length} unchanged`}>
					<dl class="fields">
						{others.map((name) => (
							<Field key={name} name={name}>{masked.includes(name) ? <Masked /> : <Value value={unchanged[name]} />}</Field>
						))}
					</dl>
				</Collapsed>
			)}
		</>
	);
}

function Side({ side, old, now }: { side: 'old' | 'new' | null; old: Json | undefined; now: Json | undefined }) {
	if (side === 'new') {
		return <ins class="plain"><Value value={now} /></ins>;
	}
	if (side === 'old') {
		return <del class="plain"><Value value={old} /></del>;
	}
	return <Difference old={old} now={now} />;
}

function Field({ name, children }: { name: string; children: ComponentChildren }) {
	return (
		<div class="field" part="field">
			<dt>{visible(name)}</dt>
			<dd>{children}</dd>
		</div>
	);
}

export function Masked() {
	return <span class="none" title="You may not see this field">masked</span>;
}

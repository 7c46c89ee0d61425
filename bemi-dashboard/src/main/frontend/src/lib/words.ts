import { diffLines, diffWordsWithSpace, type ChangeObject } from 'diff';

export interface Part {
	kind: 'same' | 'added' | 'removed';
	text: string;
}

const MOST_EDITS = 400;
const LONGEST = 200_000;

/** Word by word, what became of a text; line by line where words differ too much; null where lines do, too. */
export function wordDiff(old: string, now: string): Part[] | null {
	if (old.length + now.length > LONGEST) {
		return null;
	}
	const parts = diffWordsWithSpace(old, now, { maxEditLength: MOST_EDITS }) ?? diffLines(old, now, { maxEditLength: MOST_EDITS });
	return parts ? parts.map(toPart) : null;
}

function toPart(part: ChangeObject<string>): Part {
	return { kind: part.added ? 'added' : part.removed ? 'removed' : 'same', text: part.value };
}

/** Leaves `around` characters of a long unchanged part at each side of a difference. */
export function shorten(parts: Part[], around = 120): Part[] {
	return parts.map((part, index) => {
		if (part.kind !== 'same' || part.text.length <= around * 2 + 20) {
			return part;
		}
		const head = index === 0 ? '' : part.text.slice(0, around);
		const tail = index === parts.length - 1 ? '' : part.text.slice(-around);
		return { kind: 'same', text: `${head} … ${tail}` };
	});
}

/** Whether enough stayed to show both in one text: else they are easier to read one after the other. */
export function alike(parts: Part[]): boolean {
	const length = (kind: Part['kind']) => parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.text.trim().length, 0);
	const same = length('same');
	return same > 0 && same * 3 >= Math.max(length('added'), length('removed')) + same;
}

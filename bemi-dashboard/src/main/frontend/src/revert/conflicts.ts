import type { Resolution } from '../api/types';

export interface KindOfConflict {
	means: string;
	skip?: string;
	overwrite?: string;
}

/** What each kind of conflict means, and what becomes of it. */
const KINDS: Record<string, KindOfConflict> = {
	LATER_CHANGE: { means: 'Others changed it later.', skip: 'Leave theirs', overwrite: 'Go back to the state before the first of these changes' },
	DELETED_SINCE: { means: 'Others deleted the record.', skip: 'Leave it deleted', overwrite: 'Restore it' },
	CREATED_SINCE: { means: 'A record that would be restored was made anew.', skip: 'Leave the new one', overwrite: 'Make it the old one' },
	REFERENCED: { means: 'Records that stay refer to it.', skip: 'Leave it', overwrite: 'Let the foreign key do what it says' },
	MISSING_REFERENCE: { means: 'What it refers to is gone.', skip: 'Leave it out' },
	UNIQUE_TAKEN: { means: 'Another record has a value that must be unique.', skip: 'Leave it out' },
	COLUMN_GONE: { means: 'There is no such column any more.', skip: 'Leave it out' },
	TABLE_GONE: { means: 'There is no such table any more.', skip: 'Leave it out' },
	UNKNOWN_BEFORE: { means: 'The history does not know what there was before.', skip: 'Leave it out' },
	NO_ORDER: { means: 'Records depend on each other in a circle.', skip: 'Leave them out' },
	ALTERED: { means: 'A trigger wrote something else into the row.', skip: 'Let that stand' },
	REJECTED: { means: 'The server refuses it. Nothing can be done about it here.' },
};

export function kindOf(kind: string): KindOfConflict {
	return KINDS[kind] ?? { means: kind.toLowerCase().replaceAll('_', ' '), skip: 'Leave it out' };
}

/** `LATER_CHANGE` as `Later change`. */
export function kindName(kind: string): string {
	const words = kind.toLowerCase().replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The kinds that nobody has decided about. */
export function undecided(kinds: string[], resolutions: Record<string, Resolution>): string[] {
	return [...new Set(kinds)].filter((kind) => !resolutions[kind]);
}

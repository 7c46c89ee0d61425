import type { Json, JsonObject } from '../lib/json';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'TRUNCATE';

export const OPERATIONS: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'TRUNCATE'];

/** Times are ISO-8601 instants with microseconds. */
export type Instant = string;

export interface Me {
	user: string | null;
	canRead: boolean;
	canRevert: boolean;
	csrf: { header: string; token: string } | null;
	/** Template of a link to a trace, with the placeholder `{traceId}`. */
	traceUrl: string | null;
	application: string;
	zone: string;
}

export interface Status {
	state: 'CONNECTED' | 'STANDBY' | 'CONNECTING' | 'FAILED' | 'OFF';
	message: string;
	advice: string | null;
	lagBytes: number | null;
	lagSeconds: number | null;
	lastCommit: Instant | null;
	baseline: { tables: number; completed: number; rows: number } | null;
	gaps: { reason: string; fromTime: Instant | null; toTime: Instant | null; noticedAt: Instant | null }[];
	untracked: { schema: string; table: string; why: string }[];
}

export interface TableInfo {
	database: string;
	schema: string;
	table: string;
	columns: string[];
	hasKey: boolean;
	/** Columns of the primary key, in their order, where the server knows them. */
	key?: string[];
}

export type Diff = Record<string, { old?: Json; new?: Json }>;

export interface Change {
	id: string;
	database: string;
	schema: string;
	table: string;
	primaryKey: string | null;
	operation: Operation;
	committedAt: Instant;
	transactionId: string;
	position: string;
	values: JsonObject;
	before: JsonObject;
	changed: string[];
	unknown: string[];
	metadata: JsonObject;
	diff: Diff;
	masked: string[];
}

export interface ChangePage {
	changes: Change[];
	next: string | null;
}

export type Bucket = 'MINUTE' | 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

export interface Count {
	from: Instant;
	group: string | null;
	/** The group as JSON, where it is a value of a context. */
	value?: Json;
	count: number;
}

export interface Top {
	group: string | null;
	/** The group as JSON, where it is a value of a context. */
	value?: Json;
	count: number;
}

export interface Touch {
	changeId: string;
	committedAt: Instant;
	/** As the context has it: any JSON. */
	user: Json;
}

export interface RecordState {
	exists: boolean;
	values: JsonObject;
	at: Instant;
	lastTouched: Record<string, Touch>;
	masked?: string[];
}

export interface RecordDiff {
	diff: Diff;
	before: JsonObject;
	values: JsonObject;
	masked?: string[];
}

export interface RecordSelection {
	schema: string;
	table: string;
	key: string;
	at: Instant;
}

export type Selection =
	| { transaction: string }
	| { request: string }
	| { filters: Record<string, string | string[]> }
	| { record: RecordSelection };

export interface RevertStep {
	schema: string;
	table: string;
	primaryKey: string | null;
	action: 'INSERT' | 'UPDATE' | 'DELETE';
	columns: Record<string, { now?: Json; then?: Json }>;
	masked?: string[];
}

export interface Conflict {
	kind: string;
	schema: string;
	table: string;
	primaryKey: string | null;
	columns: string[];
	detail: string;
}

export interface RevertPlan {
	steps: RevertStep[];
	conflicts: Conflict[];
	sql: string;
	changes: number;
	/** Whether there are more steps or conflicts than are shown. */
	more?: boolean;
}

export type Resolution = 'SKIP' | 'OVERWRITE';

export interface RevertResult {
	transactionId: string | null;
	written: number;
	skipped: number;
	conflicts: Conflict[];
}

export interface EmbeddedChange {
	committedAt: Instant;
	operation: Operation;
	/** As the context has it: any JSON. */
	user: Json;
	diff: Diff;
	masked?: string[];
}

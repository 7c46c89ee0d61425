package io.bemi.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * A message of {@code pgoutput}, protocol version 1 in text format. See <a href=
 * "https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical
 * Replication Message Formats</a>. Object ids and transaction ids are unsigned 32-bit
 * numbers.
 */
public sealed interface PgOutputMessage {

	/**
	 * The start of a transaction that has committed.
	 *
	 * @param finalPosition where its commit record starts
	 * @param commitTime when it committed, by the server's clock
	 * @param xid its id without epoch
	 */
	record Begin(Position finalPosition, Instant commitTime, int xid) implements PgOutputMessage {
	}

	/**
	 * The end of a transaction.
	 *
	 * @param position where its commit record starts
	 * @param endPosition where its commit record ends: what to confirm once everything up
	 * to here is stored
	 * @param commitTime when it committed, by the server's clock
	 */
	record Commit(Position position, Position endPosition, Instant commitTime) implements PgOutputMessage {
	}

	/**
	 * Says that the transaction was replicated from elsewhere.
	 *
	 * @param position the position of the commit at its origin
	 * @param name the name of the replication origin
	 */
	record Origin(Position position, String name) implements PgOutputMessage {
	}

	/**
	 * Describes a table. It precedes the first row of the table in a session, and the
	 * first row after each change of the table.
	 *
	 * @param oid the object id, which rows refer to
	 * @param schema the schema's name
	 * @param name the table's name
	 * @param replicaIdentity {@code d} (default), {@code n} (nothing), {@code f} (full)
	 * or {@code i} (index)
	 * @param columns the published columns, in the order of the tuples
	 */
	record Relation(int oid, String schema, String name, char replicaIdentity,
			List<Column> columns) implements PgOutputMessage {

		public Relation {
			columns = List.copyOf(columns);
		}

		/**
		 * The position of a column in this relation's tuples.
		 * @param column the column's name
		 * @return its index, from 0, or -1 when no such column is published
		 */
		public int indexOf(String column) {
			for (int i = 0; i < this.columns.size(); i++) {
				if (this.columns.get(i).name().equals(column)) {
					return i;
				}
			}
			return -1;
		}

	}

	/**
	 * A column of a relation.
	 *
	 * @param key whether it is part of the replica identity; under {@code FULL} each
	 * column is
	 * @param name the column's name
	 * @param typeOid the type's object id
	 * @param typeModifier the type's modifier ({@code atttypmod}), -1 for none
	 */
	record Column(boolean key, String name, int typeOid, int typeModifier) {
	}

	/**
	 * Names a type that is not built in. It precedes the relation that uses it.
	 *
	 * @param oid the object id
	 * @param schema the schema's name
	 * @param name the type's name
	 */
	record Type(int oid, String schema, String name) implements PgOutputMessage {
	}

	/**
	 * A row that was inserted.
	 *
	 * @param relation the table's object id
	 * @param row the new row
	 */
	record Insert(int relation, Tuple row) implements PgOutputMessage {
	}

	/**
	 * A row that was updated. The protocol calls a large value unchanged even where the
	 * old key or row beside it holds that value; the new row then has it.
	 *
	 * @param relation the table's object id
	 * @param key the old key, present only if it changed or is stored out of line; its
	 * other columns are padded with nulls that are not values
	 * @param old the whole old row, present only under {@code REPLICA IDENTITY FULL}
	 * @param row the new row
	 */
	record Update(int relation, @Nullable Tuple key, @Nullable Tuple old, Tuple row) implements PgOutputMessage {
	}

	/**
	 * A row that was deleted. One of key and old is present.
	 *
	 * @param relation the table's object id
	 * @param key the old key; its other columns are padded with nulls that are not values
	 * @param old the whole old row, under {@code REPLICA IDENTITY FULL}
	 */
	record Delete(int relation, @Nullable Tuple key, @Nullable Tuple old) implements PgOutputMessage {
	}

	/**
	 * Tables that were emptied by one {@code TRUNCATE}.
	 *
	 * @param relations the tables' object ids
	 * @param cascade whether {@code CASCADE} was given
	 * @param restartIdentity whether {@code RESTART IDENTITY} was given
	 */
	record Truncate(List<Integer> relations, boolean cascade, boolean restartIdentity) implements PgOutputMessage {

		public Truncate {
			relations = List.copyOf(relations);
		}

	}

	/**
	 * A message that somebody wrote to the log with {@code pg_logical_emit_message}.
	 *
	 * @param transactional whether it belongs to the transaction around it; if not, it
	 * may stand between transactions and survives a rollback
	 * @param position where its record <em>ends</em>
	 * @param prefix whom it is for
	 * @param content its bytes, read-only
	 */
	record LogicalMessage(boolean transactional, Position position, String prefix,
			ByteBuffer content) implements PgOutputMessage {

		@Override
		public ByteBuffer content() {
			return this.content.duplicate();
		}

		/**
		 * The content as text.
		 * @return the bytes read as UTF-8
		 */
		public String text() {
			byte[] bytes = new byte[this.content.remaining()];
			content().get(bytes);
			return new String(bytes, StandardCharsets.UTF_8);
		}

	}

}

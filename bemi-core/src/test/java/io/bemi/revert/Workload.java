package io.bemi.revert;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws statements over tables that are tied together in all ways. Each case has its own
 * range of keys, so that many share the tables.
 */
public final class Workload {

	/** What there is, in each of two schemas. */
	private static final String TABLES = """
			CREATE TABLE parent (id bigint PRIMARY KEY, code bigint UNIQUE, v bigint, n bigint NOT NULL DEFAULT 0, favourite bigint,
			    record bigint);
			CREATE TABLE child (id bigint PRIMARY KEY, parent bigint REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, a bigint, b bigint);
			ALTER TABLE parent ADD FOREIGN KEY (favourite) REFERENCES child ON DELETE SET NULL;
			CREATE TABLE leaf (id bigint PRIMARY KEY, child bigint REFERENCES child ON DELETE SET NULL, a bigint);
			CREATE TABLE strict (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES parent ON DELETE RESTRICT, a bigint);
			CREATE TABLE node (id bigint PRIMARY KEY, up bigint REFERENCES node, a bigint);
			CREATE TABLE pair (x bigint, y bigint, a bigint, record bigint, PRIMARY KEY (x, y));
			CREATE TABLE pair_ref (id bigint PRIMARY KEY, x bigint, y bigint, a bigint,
			    FOREIGN KEY (x, y) REFERENCES pair ON UPDATE CASCADE ON DELETE SET DEFAULT);
			CREATE TABLE pair_part (x bigint, y bigint, z bigint, a bigint, PRIMARY KEY (x, y, z),
			    FOREIGN KEY (x, y) REFERENCES pair ON UPDATE CASCADE ON DELETE CASCADE);
			CREATE TABLE ident (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a bigint, twice bigint GENERATED ALWAYS AS (a * 2) STORED);
			CREATE TABLE keyless (u bigint, a bigint);
			ALTER TABLE keyless REPLICA IDENTITY FULL;
			CREATE TABLE part (id bigint, region int, a bigint, b bigint, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
			CREATE TABLE part_0 PARTITION OF part FOR VALUES IN (0);
			CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1, 2);
			CREATE TABLE cyc_a (id bigint PRIMARY KEY, b bigint NOT NULL, v bigint);
			CREATE TABLE cyc_b (id bigint PRIMARY KEY, a bigint NOT NULL REFERENCES cyc_a DEFERRABLE INITIALLY DEFERRED, v bigint);
			ALTER TABLE cyc_a ADD FOREIGN KEY (b) REFERENCES cyc_b DEFERRABLE INITIALLY DEFERRED;
			CREATE TABLE ranked (id bigint PRIMARY KEY, place bigint UNIQUE DEFERRABLE, a bigint);
			CREATE TABLE note (id bigint PRIMARY KEY, v text, loud text, rev bigint NOT NULL DEFAULT 0);
			CREATE FUNCTION count_children() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
			  IF TG_OP <> 'INSERT' THEN EXECUTE format('UPDATE %I.parent SET n = n - 1 WHERE id = $1', TG_TABLE_SCHEMA) USING OLD.parent; END IF;
			  IF TG_OP <> 'DELETE' THEN EXECUTE format('UPDATE %I.parent SET n = n + 1 WHERE id = $1', TG_TABLE_SCHEMA) USING NEW.parent; END IF;
			  RETURN NULL;
			END $$;
			CREATE TRIGGER count_children AFTER INSERT OR DELETE OR UPDATE OF parent ON child FOR EACH ROW EXECUTE FUNCTION count_children();
			CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN NEW.loud := upper(NEW.v); RETURN NEW; END $$;
			CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION loud();
			CREATE FUNCTION revise() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN NEW.rev := OLD.rev + 1; RETURN NEW; END $$;
			CREATE TRIGGER revise BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION revise();
			CREATE TABLE emptied (id bigint PRIMARY KEY, a bigint);
			CREATE TABLE emptied_ref (id bigint PRIMARY KEY, emptied bigint REFERENCES emptied, a bigint)
			""";

	private static final int IDS = 4;

	private final Random random;

	private final long base;

	private final boolean truncates;

	private final long[] values;

	/**
	 * Creates a generator.
	 * @param random what it draws with
	 * @param number the number of the case, which decides its keys
	 * @param truncates whether tables may be emptied
	 * @param values the last value that was drawn, shared by the cases
	 */
	public Workload(Random random, int number, boolean truncates, long[] values) {
		this.random = random;
		this.base = number * 100L;
		this.truncates = truncates;
		this.values = values;
	}

	/**
	 * Creates the tables, in the schemas {@code app} and {@code model}.
	 */
	public static String[] tables() {
		List<String> ddl = new ArrayList<>();
		for (String schema : List.of("app", "model")) {
			ddl.add("CREATE SCHEMA " + schema + "; SET search_path = " + schema + ";" + TABLES + "; RESET search_path");
		}
		return ddl.toArray(String[]::new);
	}

	private long id() {
		return this.base + this.random.nextInt(IDS);
	}

	private String reference() {
		return (this.random.nextInt(4) == 0) ? "NULL" : Long.toString(id());
	}

	private long value() {
		return ++this.values[0];
	}

	/**
	 * A statement, perhaps of several that belong together.
	 */
	public Op draw() {
		return switch (this.random.nextInt(this.truncates ? 24 : 20)) {
			case 0, 1 -> parent();
			case 2, 3, 4 -> child();
			case 5 -> referring("leaf", "child");
			case 6 -> referring("strict", "parent");
			case 7, 8 -> referring("node", "up");
			case 9, 10 -> pair();
			case 11 -> pairRef();
			case 12 -> pairPart();
			case 13 -> ident();
			case 14 -> keyless();
			case 15, 16 -> part();
			case 17 -> circle();
			case 18 -> ranked();
			case 19 -> note();
			default -> emptied();
		};
	}

	private Op parent() {
		return switch (this.random.nextInt(7)) {
			case 0, 1, 2 -> Op.of("INSERT INTO parent (id, code, v, record) VALUES (%d, %d, %d, %d)", id(), value(),
					value(), value());
			case 3 -> keyed("parent", "v = " + value(), "id = " + id());
			case 4 -> switch (this.random.nextInt(3)) {
				case 0 -> keyed("parent", "code = " + value(), "id = " + id());
				case 1 -> setKeyed("parent", "id", Long.toString(id()), "id = " + id());
				// A value that somebody else may have had.
				default ->
					setKeyed("parent", "code", Long.toString(this.base + this.random.nextInt(2)), "id = " + id());
			};
			case 5 -> setKeyed("parent", "favourite", reference(), "id = " + id());
			default -> deleted("parent", "id = " + id());
		};
	}

	private Op set(String table, String column, String value, long id) {
		String update = "UPDATE %s SET %s = %s WHERE id = %d".formatted(table, column, value, id);
		return new Op(update + " AND %s IS DISTINCT FROM %s".formatted(column, value), update);
	}

	/**
	 * What finds its rows by a key that changes is said again of the records that it has
	 * found, whatever their key is then.
	 */
	private static Op keyed(String table, String assignment, String where) {
		String update = "UPDATE " + table + " SET " + assignment + " WHERE ";
		return new Op(update + where, update + "record = ANY ('%s')", true);
	}

	private static Op setKeyed(String table, String column, String value, String where) {
		String update = "UPDATE %s SET %s = %s WHERE ".formatted(table, column, value);
		return new Op(update + where + " AND %s IS DISTINCT FROM %s".formatted(column, value),
				update + "record = ANY ('%s')", true);
	}

	private static Op deleted(String table, String where) {
		String delete = "DELETE FROM " + table + " WHERE ";
		return new Op(delete + where, delete + "record = ANY ('%s')", true);
	}

	private Op child() {
		return switch (this.random.nextInt(7)) {
			case 0, 1, 2 -> Op.of("INSERT INTO child VALUES (%d, %s, %d, %d)", id(), reference(), value(), value());
			case 3 -> Op.of("UPDATE child SET a = %d WHERE id = %d", value(), id());
			case 4 -> Op.of("UPDATE child SET b = %d WHERE id BETWEEN %d AND %d", value(), this.base, this.base + 9);
			case 5 -> set("child", "parent", reference(), id());
			default -> Op.of("DELETE FROM child WHERE id = %d", id());
		};
	}

	private Op referring(String table, String column) {
		return switch (this.random.nextInt(5)) {
			case 0, 1 -> Op.of("INSERT INTO %s VALUES (%d, %s, %d)", table, id(),
					table.equals("strict") ? Long.toString(id()) : reference(), value());
			case 2 -> Op.of("UPDATE %s SET a = %d WHERE id = %d", table, value(), id());
			case 3 -> set(table, column, table.equals("strict") ? Long.toString(id()) : reference(), id());
			default -> Op.of("DELETE FROM %s WHERE id = %d", table, id());
		};
	}

	private Op pair() {
		return switch (this.random.nextInt(5)) {
			case 0, 1 -> Op.of("INSERT INTO pair VALUES (%d, %d, %d, %d)", this.base, id(), value(), value());
			case 2 -> keyed("pair", "a = " + value(), onePair());
			case 3 -> setKeyed("pair", "y", Long.toString(id()), onePair());
			default -> deleted("pair", onePair());
		};
	}

	private String onePair() {
		return "x = %d AND y = %d".formatted(this.base, id());
	}

	private Op pairRef() {
		return switch (this.random.nextInt(3)) {
			case 0, 1 -> Op.of("INSERT INTO pair_ref VALUES (%d, %d, %d, %d)", id(), this.base, id(), value());
			default -> Op.of("UPDATE pair_ref SET a = %d WHERE id = %d", value(), id());
		};
	}

	private Op pairPart() {
		return switch (this.random.nextInt(3)) {
			case 0, 1 -> Op.of("INSERT INTO pair_part VALUES (%d, %d, %d, %d)", this.base, id(), id(), value());
			default -> Op.of("UPDATE pair_part SET a = %d WHERE x = %d AND z = %d", value(), this.base, id());
		};
	}

	private Op ident() {
		return switch (this.random.nextInt(4)) {
			case 0, 1 -> Op.of("INSERT INTO ident (id, a) OVERRIDING SYSTEM VALUE VALUES (%d, %d)", id(), value());
			case 2 -> Op.of("UPDATE ident SET a = %d WHERE id = %d", value(), id());
			default -> Op.of("DELETE FROM ident WHERE id = %d", id());
		};
	}

	private Op keyless() {
		return switch (this.random.nextInt(4)) {
			case 0, 1 -> Op.of("INSERT INTO keyless VALUES (%d, %d)", id(), value());
			case 2 -> {
				long value = value();
				yield Op.of("UPDATE keyless SET a = a + %d00000000 WHERE u = %d", value, id());
			}
			default -> Op.of("DELETE FROM keyless WHERE u = %d", id());
		};
	}

	private Op part() {
		return switch (this.random.nextInt(6)) {
			case 0, 1 ->
				Op.of("INSERT INTO part VALUES (%d, %d, %d, %d)", id(), this.random.nextInt(3), value(), value());
			case 2 -> Op.of("UPDATE part SET a = %d WHERE id = %d", value(), id());
			case 3 -> Op.of("UPDATE part SET b = %d WHERE id = %d", value(), id());
			case 4 -> {
				int region = this.random.nextInt(3);
				String update = "UPDATE part SET region = %d WHERE id = %d".formatted(region, id());
				yield new Op(update + " AND region <> " + region, update);
			}
			default -> Op.of("DELETE FROM part WHERE id = %d", id());
		};
	}

	private Op circle() {
		long id = id();
		return switch (this.random.nextInt(4)) {
			case 0, 1 -> Op.of(
					"WITH a AS (INSERT INTO cyc_a VALUES (%1$d, %1$d, %2$d)) INSERT INTO cyc_b VALUES (%1$d, %1$d, %2$d)",
					id, value());
			case 2 -> Op.of("UPDATE cyc_a SET v = %d WHERE id = %d", value(), id);
			default -> Op.of("WITH a AS (DELETE FROM cyc_a WHERE id = %1$d) DELETE FROM cyc_b WHERE id = %1$d", id);
		};
	}

	private Op ranked() {
		return switch (this.random.nextInt(4)) {
			case 0, 1 -> Op.of("INSERT INTO ranked VALUES (%d, %d, %d)", id(), value(), value());
			case 2 ->
				Op.of("UPDATE ranked SET place = (SELECT sum(place) FROM ranked o WHERE o.id IN (%1$d, %2$d)) - place"
						+ " WHERE id IN (%1$d, %2$d) AND (SELECT count(*) FROM ranked o WHERE o.id IN (%1$d, %2$d)) = 2",
						this.base, this.base + 1);
			default -> Op.of("DELETE FROM ranked WHERE id = %d", id());
		};
	}

	private Op note() {
		return switch (this.random.nextInt(4)) {
			case 0, 1 -> Op.of("INSERT INTO note (id, v) VALUES (%d, 'v%d')", id(), value());
			case 2 -> Op.of("UPDATE note SET v = 'v%d' WHERE id = %d", value(), id());
			default -> Op.of("DELETE FROM note WHERE id = %d", id());
		};
	}

	private Op emptied() {
		return switch (this.random.nextInt(7)) {
			case 0, 1 -> Op.of("INSERT INTO emptied VALUES (%d, %d)", id(), value());
			case 2 -> Op.of("INSERT INTO emptied_ref VALUES (%d, %d, %d)", id(), id(), value());
			case 3 -> Op.of("UPDATE emptied SET a = %d WHERE id = %d", value(), id());
			case 4 -> Op.of("DELETE FROM emptied WHERE id = %d", id());
			case 5 -> Op.of("TRUNCATE emptied_ref");
			default -> Op.of("TRUNCATE emptied, emptied_ref");
		};
	}

	/**
	 * The rows of the case in a schema, one a line.
	 */
	public String rows(String schema) {
		List<String> selects = new ArrayList<>();
		for (String table : List.of("parent", "child", "leaf", "strict", "node", "pair_ref", "ident", "part", "cyc_a",
				"cyc_b", "ranked", "note", "emptied", "emptied_ref")) {
			selects.add(select(schema, table, table.startsWith("emptied") ? String.valueOf(this.truncates)
					: "id BETWEEN %d AND %d".formatted(this.base, this.base + 99)));
		}
		selects.add(select(schema, "pair", "x = " + this.base));
		selects.add(select(schema, "pair_part", "x = " + this.base));
		selects.add(select(schema, "keyless", "u BETWEEN %d AND %d".formatted(this.base, this.base + 99)));
		return String.join(" UNION ALL ", selects) + " ORDER BY 1";
	}

	private String select(String schema, String table, String where) {
		return "SELECT '%2$s ' || to_jsonb(t)::text FROM %1$s.%2$s t WHERE %3$s".formatted(schema, table, where);
	}

	/**
	 * A statement.
	 *
	 * @param sql as it runs first: it does nothing where nothing would change
	 * @param again as it runs when others have not
	 * @param identified whether it tells which records it has found, and is to find again
	 */
	public record Op(String sql, String again, boolean identified) {

		Op(String sql, String again) {
			this(sql, again, false);
		}

		static Op of(String sql, Object... arguments) {
			String text = sql.formatted(arguments);
			return new Op(text, text);
		}

		/**
		 * The same, of which it is known what it has found.
		 */
		Op found(String records) {
			return new Op(this.sql, this.again.formatted(records), true);
		}

	}

}

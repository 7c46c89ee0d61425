package io.bemi.ingestion;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.bemi.pgoutput.PgType;
import io.bemi.pgoutput.TypeCatalog;

/**
 * Remembers what the catalogue says of types, and finds out when it says something else:
 * the stream does not announce that a composite type was altered.
 */
final class TypeStructures implements TypeCatalog {

	/** Below are the server's own, which nobody alters. */
	private static final int FIRST_OF_USERS = 16_384;

	private final TypeCatalog catalog;

	private final Map<Integer, PgType> types = new HashMap<>();

	TypeStructures(TypeCatalog catalog) {
		this.catalog = catalog;
	}

	@Override
	public PgType type(int oid) {
		PgType known = this.types.get(oid);
		if (known == null) {
			known = this.catalog.type(oid);
			this.types.put(oid, known);
		}
		return known;
	}

	/**
	 * Forgets everything.
	 */
	void clear() {
		this.types.clear();
	}

	/**
	 * Whether the composite types of a table are as they were. Asks for nothing when it
	 * has none.
	 */
	boolean isCurrent(TrackedRelation relation) {
		Set<Integer> seen = new HashSet<>();
		return relation.relation().columns().stream().allMatch((column) -> isCurrent(column.typeOid(), seen));
	}

	private boolean isCurrent(int oid, Set<Integer> seen) {
		if (Integer.compareUnsigned(oid, FIRST_OF_USERS) < 0 || !seen.add(oid)) {
			return true;
		}
		PgType known = this.types.get(oid);
		if (known instanceof PgType.Domain domain) {
			return isCurrent(domain.base(), seen);
		}
		if (known instanceof PgType.Array array) {
			return isCurrent(array.element(), seen);
		}
		if (known instanceof PgType.Composite composite) {
			return composite.equals(this.catalog.type(oid))
					&& composite.fields().stream().allMatch((field) -> isCurrent(field.typeOid(), seen));
		}
		// Others do not change, or were never asked for.
		return true;
	}

}

package io.bemi.pgoutput;

/**
 * Knows the types of the source database as they were when the row at hand was written.
 * It is not asked for common built-in types and their arrays.
 */
@FunctionalInterface
public interface TypeCatalog {

	/**
	 * The structure of a type.
	 * @param oid the object id, unsigned
	 * @return the structure; {@link PgType.Base} for a type that no longer exists
	 */
	PgType type(int oid);

}

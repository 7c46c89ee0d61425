package io.bemi.pgoutput;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The types whose object ids are the same on every server.
 */
final class BuiltinTypes {

	static final int BOOL = 16;

	static final int INT8 = 20;

	static final int INT2 = 21;

	static final int INT2VECTOR = 22;

	static final int INT4 = 23;

	static final int OID = 26;

	static final int OIDVECTOR = 30;

	static final int JSON = 114;

	static final int BOX = 603;

	static final int FLOAT4 = 700;

	static final int FLOAT8 = 701;

	static final int TIMESTAMP = 1114;

	static final int TIMESTAMPTZ = 1184;

	static final int NUMERIC = 1700;

	static final int JSONB = 3802;

	/** Array and element, without the row types of the catalogue and pseudo-types. */
	private static final int[][] ARRAYS = { { 143, 142 }, { 199, JSON }, { 271, 5069 }, { 629, 628 }, { 651, 650 },
			{ 719, 718 }, { 775, 774 }, { 791, 790 }, { 1000, BOOL }, { 1001, 17 }, { 1002, 18 }, { 1003, 19 },
			{ 1005, INT2 }, { 1006, INT2VECTOR }, { 1007, INT4 }, { 1008, 24 }, { 1009, 25 }, { 1010, 27 },
			{ 1011, 28 }, { 1012, 29 }, { 1013, OIDVECTOR }, { 1014, 1042 }, { 1015, 1043 }, { 1016, INT8 },
			{ 1017, 600 }, { 1018, 601 }, { 1019, 602 }, { 1020, BOX }, { 1021, FLOAT4 }, { 1022, FLOAT8 },
			{ 1027, 604 }, { 1028, OID }, { 1034, 1033 }, { 1040, 829 }, { 1041, 869 }, { 1115, TIMESTAMP },
			{ 1182, 1082 }, { 1183, 1083 }, { 1185, TIMESTAMPTZ }, { 1187, 1186 }, { 1231, NUMERIC }, { 1270, 1266 },
			{ 1561, 1560 }, { 1563, 1562 }, { 2201, 1790 }, { 2207, 2202 }, { 2208, 2203 }, { 2209, 2204 },
			{ 2210, 2205 }, { 2211, 2206 }, { 2949, 2970 }, { 2951, 2950 }, { 3221, 3220 }, { 3643, 3614 },
			{ 3644, 3642 }, { 3645, 3615 }, { 3735, 3734 }, { 3770, 3769 }, { 3807, JSONB }, { 3905, 3904 },
			{ 3907, 3906 }, { 3909, 3908 }, { 3911, 3910 }, { 3913, 3912 }, { 3927, 3926 }, { 4073, 4072 },
			{ 4090, 4089 }, { 4097, 4096 }, { 4192, 4191 }, { 5039, 5038 }, { 6150, 4451 }, { 6151, 4532 },
			{ 6152, 4533 }, { 6153, 4534 }, { 6155, 4535 }, { 6157, 4536 } };

	private static final Map<Integer, PgType> TYPES = types();

	private BuiltinTypes() {
	}

	private static Map<Integer, PgType> types() {
		Map<Integer, PgType> types = new HashMap<>();
		for (int[] array : ARRAYS) {
			int element = array[1];
			types.put(array[0], new PgType.Array(element, (element == BOX) ? ';' : ','));
			types.put(element, new PgType.Base());
		}
		return Map.copyOf(types);
	}

	/**
	 * The structure of a type, or {@code null} when the catalogue has to be asked.
	 */
	static @Nullable PgType type(int oid) {
		return TYPES.get(oid);
	}

}

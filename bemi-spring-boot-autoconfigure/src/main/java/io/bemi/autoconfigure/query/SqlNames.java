package io.bemi.autoconfigure.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Names as SQL has them.
 */
final class SqlNames {

	private SqlNames() {
	}

	/**
	 * The parts of a qualified name as the catalogue spells them: in lower case, unless
	 * quoted.
	 */
	static List<String> parse(String name) {
		List<String> parts = new ArrayList<>();
		StringBuilder part = new StringBuilder();
		boolean quoted = false;
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			if (c == '"') {
				if (quoted && i + 1 < name.length() && name.charAt(i + 1) == '"') {
					part.append(c);
					i++;
				}
				else {
					quoted = !quoted;
				}
			}
			else if (c == '.' && !quoted) {
				parts.add(part.toString());
				part.setLength(0);
			}
			else {
				part.append(quoted ? String.valueOf(c) : String.valueOf(c).toLowerCase(Locale.ROOT));
			}
		}
		parts.add(part.toString());
		return parts;
	}

}

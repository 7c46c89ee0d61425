package io.bemi.replication;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.util.Assert;

/**
 * A slot through which only some tables of a database are read, beside others through
 * which the rest is. Together they give one history.
 *
 * @param source the name of that history, the same for all of them
 * @param slots all slots that it takes, this one too
 * @param include patterns of the tables: {@code schema.table}, or {@code table} in any
 * schema, with {@code *} for any text
 * @param exclude patterns of tables that belong to other groups all the same
 */
public record SlotGroup(String source, List<String> slots, List<String> include, List<String> exclude) {

	/**
	 * So many groups a history has at most, those that it had before too: the changes of
	 * each have numbers of their own within a transaction.
	 */
	public static final int MOST = 16;

	public SlotGroup {
		Assert.hasText(source, "'source' must not be empty");
		slots = List.copyOf(slots);
		include = List.copyOf(include);
		exclude = List.copyOf(exclude);
	}

	/**
	 * Whether a table is read through this slot.
	 * @param schema the table's schema
	 * @param name its name
	 */
	public boolean contains(String schema, String name) {
		return this.include.stream().anyMatch((pattern) -> matches(pattern, schema, name))
				&& this.exclude.stream().noneMatch((pattern) -> matches(pattern, schema, name));
	}

	private static boolean matches(String pattern, String schema, String name) {
		String wanted = pattern.contains(".") ? pattern : "*." + pattern;
		String regex = Stream.of(wanted.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
		return Pattern.compile(regex, Pattern.DOTALL).matcher(schema + "." + name).matches();
	}

}

package io.bemi.ingestion;

import io.bemi.pgoutput.JsonText;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Update;
import io.bemi.pgoutput.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Writes down a row as it arrived: each value is the text that the server sent, so that
 * {@code json_populate_record(NULL::the_table, content::json -> 'row')} reads it as the
 * server would.
 */
final class RawRow {

	private RawRow() {
	}

	/**
	 * The content of a quarantined row.
	 * @param message an INSERT, UPDATE or DELETE
	 * @param relation the table that it is about
	 * @return a JSON object
	 */
	static String of(PgOutputMessage message, Relation relation) {
		StringBuilder json = new StringBuilder("{\"operation\": ");
		if (message instanceof Insert insert) {
			append(json, "CREATE", relation, insert.row(), null);
		}
		else if (message instanceof Update update) {
			append(json, "UPDATE", relation, update.row(), (update.old() != null) ? update.old() : update.key());
		}
		else if (message instanceof Delete delete) {
			append(json, "DELETE", relation, null, (delete.old() != null) ? delete.old() : delete.key());
		}
		return json.append('}').toString();
	}

	private static void append(StringBuilder json, String operation, Relation relation, @Nullable Tuple row,
			@Nullable Tuple old) {
		JsonText.append(json, operation);
		json.append(", \"schema\": ");
		JsonText.append(json, relation.schema());
		json.append(", \"table\": ");
		JsonText.append(json, relation.name());
		append(json, "row", relation, row);
		append(json, "old", relation, old);
	}

	private static void append(StringBuilder json, String name, Relation relation, @Nullable Tuple tuple) {
		if (tuple == null) {
			return;
		}
		json.append(", \"").append(name).append("\": {");
		String separator = "";
		for (int i = 0; i < tuple.size(); i++) {
			if (tuple.isUnchanged(i)) {
				continue;
			}
			json.append(separator);
			// A tuple that does not fit its table has columns without a name.
			JsonText.append(json, (i < relation.columns().size()) ? relation.columns().get(i).name() : "?" + i);
			json.append(": ");
			if (tuple.isNull(i)) {
				json.append("null");
			}
			else {
				JsonText.append(json, tuple.text(i));
			}
			separator = ", ";
		}
		json.append('}');
	}

}

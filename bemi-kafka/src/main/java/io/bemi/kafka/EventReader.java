package io.bemi.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.bemi.change.Position;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.Event.Kind;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the envelope of a record. Rows stay as they arrived, and the schema that comes
 * with every record is looked at only when it is another one than before.
 */
final class EventReader {

	private static final Logger logger = LoggerFactory.getLogger(EventReader.class);

	private static final byte[] SCHEMA = "{\"schema\":".getBytes(StandardCharsets.UTF_8);

	/** How the connector calls messages where it counts the events of a transaction. */
	private static final String MESSAGES = "io.debezium.connector.postgresql.LogicalDecodingMessageMonitor";

	private static final JsonFactory JSON = new JsonFactory();

	/** Before 3.7. */
	private static final Pattern LOSES_ROWS = Pattern.compile("([0-2]\\.|3\\.[0-6]\\.).*");

	private final String transactions;

	private final Map<String, Schemas> known = new HashMap<>();

	private String version = "";

	EventReader(KafkaSettings settings) {
		this.transactions = settings.transactions();
	}

	/**
	 * Reads a record.
	 * @return what it says; empty for the beginning of a transaction, a tombstone, a
	 * message outside of transactions, and the end of a transaction without events
	 * @throws EventException when it is nothing that the connector writes
	 */
	Optional<Event> read(ConsumerRecord<byte[], byte[]> message) {
		byte[] value = message.value();
		if (value == null) {
			return Optional.empty();
		}
		try {
			Schemas schemas = schemas(message, value);
			Envelope envelope = new Envelope(value);
			try (JsonParser in = JSON.createParser(value, schemas.payload, value.length - schemas.payload)) {
				envelope.read(in, schemas.payload);
			}
			check(envelope.fields.getOrDefault("source.version", this.version));
			return this.transactions.equals(message.topic()) ? envelope.end(message.timestamp())
					: envelope.change(schemas, message.timestamp(),
							message.headers().lastHeader("__debezium.newkey") != null,
							message.headers().lastHeader("__debezium.oldkey") != null);
		}
		catch (IOException ex) {
			throw new EventException("Expected JSON, but " + ex.getClass().getSimpleName() + " at a character");
		}
	}

	private void check(String version) {
		if (!version.equals(this.version)) {
			this.version = version;
			if (LOSES_ROWS.matcher(version).matches()) {
				logger.warn(
						"The connector is Debezium {}. When it is started again it may leave out rows, of a COPY above all,"
								+ " and nobody can tell. Use 3.7.0 or later",
						version);
			}
		}
	}

	private Schemas schemas(ConsumerRecord<byte[], byte[]> message, byte[] value) throws IOException {
		Schemas last = this.known.get(message.topic());
		if (last == null || !last.fit(message.key(), value)) {
			last = Schemas.of(message.key(), value);
			this.known.put(message.topic(), last);
		}
		return last;
	}

	/**
	 * The schemas of the last record of a topic.
	 */
	private static final class Schemas {

		/** Up to the payload. */
		private final byte[] start;

		private final byte[] keyStart;

		private final int payload;

		private @Nullable TableDescription table;

		private Schemas(byte[] start, byte[] keyStart) {
			this.start = start;
			this.keyStart = keyStart;
			this.payload = start.length;
		}

		static Schemas of(byte @Nullable [] key, byte[] value) throws IOException {
			byte[] keyStart = (key != null) ? Arrays.copyOf(key, payload(key)) : new byte[0];
			return new Schemas(Arrays.copyOf(value, payload(value)), keyStart);
		}

		/**
		 * Where the payload begins, behind its colon.
		 */
		private static int payload(byte[] message) throws IOException {
			if (!startsWith(message, SCHEMA)) {
				throw new EventException(
						"Expected a schema with each record: JsonConverter with 'schemas.enable' = 'true'");
			}
			try (JsonParser in = JSON.createParser(message)) {
				in.nextToken();
				in.nextToken();
				in.nextToken();
				in.skipChildren();
				if (in.nextToken() != JsonToken.FIELD_NAME || !"payload".equals(in.currentName())) {
					throw new EventException("Expected a payload behind the schema");
				}
				int colon = (int) in.currentTokenLocation().getByteOffset();
				while (message[colon] != ':') {
					colon++;
				}
				return colon + 1;
			}
		}

		boolean fit(byte @Nullable [] key, byte[] value) {
			return startsWith(value, this.start) && ((key != null)
					? this.keyStart.length > 0 && startsWith(key, this.keyStart) : this.keyStart.length == 0);
		}

		TableDescription table(String schema, String name) {
			TableDescription known = this.table;
			if (known == null || !known.schema().equals(schema) || !known.name().equals(name)) {
				known = new TableDescription(schema, name, schema(this.keyStart), schema(this.start));
				this.table = known;
			}
			return known;
		}

		/**
		 * The schema between its name and that of the payload.
		 */
		private static String schema(byte[] start) {
			String text = new String(start, StandardCharsets.UTF_8);
			return text.isEmpty() ? text : text.substring(SCHEMA.length, text.lastIndexOf(','));
		}

		private static boolean startsWith(byte[] bytes, byte[] start) {
			return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
		}

	}

	/**
	 * The payload, but for what rows hold.
	 */
	private static final class Envelope {

		private final byte[] value;

		private final Map<String, String> fields = new HashMap<>();

		/** Of the end of a transaction, how many messages it has. */
		private long messages;

		Envelope(byte[] value) {
			this.value = value;
		}

		/**
		 * Keeps rows as they are, and other values by their names, those of inner objects
		 * behind the outer name and a dot.
		 */
		void read(JsonParser in, int start) throws IOException {
			if (in.nextToken() != JsonToken.START_OBJECT) {
				throw new EventException("Expected an object as payload");
			}
			while (in.nextToken() == JsonToken.FIELD_NAME) {
				String name = in.currentName();
				JsonToken token = in.nextToken();
				if (token == JsonToken.START_OBJECT && (name.equals("before") || name.equals("after"))) {
					int from = start + (int) in.currentTokenLocation().getByteOffset();
					in.skipChildren();
					int to = start + (int) in.currentLocation().getByteOffset();
					this.fields.put(name, new String(this.value, from, to - from, StandardCharsets.UTF_8));
				}
				else if (token == JsonToken.START_OBJECT) {
					inner(in, name);
				}
				else if (token == JsonToken.START_ARRAY && name.equals("data_collections")) {
					count(in);
				}
				else if (token == JsonToken.START_ARRAY) {
					in.skipChildren();
				}
				else if (token != JsonToken.VALUE_NULL) {
					this.fields.put(name, in.getText());
				}
			}
		}

		/**
		 * Each message is a collection of its own, and tables are not called so.
		 */
		private void count(JsonParser in) throws IOException {
			while (in.nextToken() == JsonToken.START_OBJECT) {
				String collection = "";
				long events = 0;
				while (in.nextToken() == JsonToken.FIELD_NAME) {
					String name = in.currentName();
					in.nextToken();
					if (name.equals("data_collection")) {
						collection = in.getText();
					}
					else if (name.equals("event_count")) {
						events = number(name, in.getText());
					}
				}
				if (collection.startsWith(MESSAGES)) {
					this.messages += events;
				}
			}
		}

		private void inner(JsonParser in, String outer) throws IOException {
			while (in.nextToken() == JsonToken.FIELD_NAME) {
				String name = in.currentName();
				if (in.nextToken().isScalarValue() && in.currentToken() != JsonToken.VALUE_NULL) {
					this.fields.put(outer + "." + name, in.getText());
				}
				else {
					in.skipChildren();
				}
			}
		}

		Optional<Event> end(long sentAt) {
			if (!"END".equals(text("status"))) {
				return Optional.empty();
			}
			String[] id = text("id").split(":");
			if (id.length != 2) {
				throw new EventException("Expected the id of a transaction of PostgreSQL and a position");
			}
			long events = number("event_count", text("event_count"));
			return (events > 0) ? Optional.of(new End(new Position(number("id", id[1])), number("id", id[0]), events,
					events - this.messages, sentAt)) : Optional.empty();
		}

		Optional<Event> change(Schemas schemas, long sentAt, boolean hasNewKey, boolean hasOldKey) {
			Kind kind = kind(text("op"), hasNewKey, hasOldKey);
			if (!this.fields.containsKey("source.txId")) {
				if (kind == Kind.MESSAGE) {
					// Of no transaction: it says nothing about changes.
					return Optional.empty();
				}
				throw new EventException("Expected the transaction of a change");
			}
			if (!this.fields.containsKey("transaction.total_order")) {
				throw new EventException(
						"Expected the place in the transaction: the connector needs 'provide.transaction.metadata' = 'true'");
			}
			boolean message = kind == Kind.MESSAGE;
			return Optional.of(new Change(number("source.txId"), number("transaction.total_order"), sentAt,
					new Position(number("source.lsn")), number("source.ts_us"), kind,
					message ? null : schemas.table(text("source.schema"), text("source.table")),
					message ? text("message.prefix") : this.fields.get("before"),
					message ? this.fields.getOrDefault("message.content", "") : this.fields.get("after")));
		}

		private static Kind kind(String operation, boolean hasNewKey, boolean hasOldKey) {
			return switch (operation) {
				case "c" -> hasOldKey ? Kind.KEY_AFTER : Kind.CREATE;
				case "u" -> Kind.UPDATE;
				case "d" -> hasNewKey ? Kind.KEY_BEFORE : Kind.DELETE;
				case "t" -> Kind.TRUNCATE;
				case "m" -> Kind.MESSAGE;
				default -> throw new EventException("Expected a change, but found operation '" + operation
						+ "': the connector needs 'snapshot.mode' = 'no_data'");
			};
		}

		private String text(String name) {
			String text = this.fields.get(name);
			if (text == null) {
				throw new EventException("Expected a value of '" + name + "'");
			}
			return text;
		}

		private long number(String name) {
			return number(name, text(name));
		}

		private static long number(String name, String text) {
			try {
				return Long.parseLong(text);
			}
			catch (NumberFormatException ex) {
				throw new EventException("Expected a number as '" + name + "'");
			}
		}

	}

}

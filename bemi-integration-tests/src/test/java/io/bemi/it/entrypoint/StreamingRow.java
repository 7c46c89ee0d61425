package io.bemi.it.entrypoint;

import java.nio.charset.StandardCharsets;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * A {@code StreamingResponseBody} that writes when the response has begun.
 */
@RestController
class StreamingRow extends RequestsRow {

	private final Writes writes;

	StreamingRow(Requests requests, Writes writes) {
		super(requests, "/streaming", "http", "StreamingRow.write");
		this.writes = writes;
	}

	@PostMapping("/streaming" + Entry.PATH)
	StreamingResponseBody write(@PathVariable Way way, @PathVariable String key) {
		return (body) -> {
			body.write("begun".getBytes(StandardCharsets.UTF_8));
			body.flush();
			this.writes.write(new Entry(way, key));
			body.write("done".getBytes(StandardCharsets.UTF_8));
		};
	}

}

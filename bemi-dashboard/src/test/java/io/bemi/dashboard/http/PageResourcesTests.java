package io.bemi.dashboard.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PageResourcesTests {

	private final PageResources page = new PageResources("io/bemi/dashboard/testpage/");

	private MockHttpServletResponse get(String path, String... headers) throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest();
		for (int i = 0; i < headers.length; i += 2) {
			request.addHeader(headers[i], headers[i + 1]);
		}
		MockHttpServletResponse response = new MockHttpServletResponse();
		Replies.secure(response, true);
		this.page.serve(path, "/shop/bemi", request, response);
		return response;
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/changes", "/records/public/todo.x/7", "/index.html" })
	void thePageIsAtAllOfItsPaths(String path) throws Exception {
		MockHttpServletResponse response = get(path);
		assertThat(response.getContentAsString()).contains("src=\"/shop/bemi/assets/index-Ab3dEf_9.js\"")
			.contains("content=\"/shop/bemi\"");
		assertThat(response.getContentType()).isEqualTo("text/html;charset=UTF-8");
		assertThat(response.getHeader("Cache-Control")).isEqualTo("no-cache");
		assertThat(response.getHeader("Content-Security-Policy")).contains("script-src 'self'")
			.contains("frame-ancestors 'none'")
			.doesNotContain("unsafe");
	}

	@Test
	void aBaseIsNeverMarkup() throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		this.page.serve("/", "/\"><script>/bemi", new MockHttpServletRequest(), response);
		assertThat(response.getContentAsString()).contains("content=\"/&quot;&gt;&lt;script&gt;/bemi\"")
			.contains("src=\"/&quot;&gt;&lt;script&gt;/bemi/assets/");
	}

	@Test
	void whatNeverChangesIsKeptForAYear() throws Exception {
		MockHttpServletResponse response = get("/assets/index-Ab3dEf_9.js");
		assertThat(response.getHeader("Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
		assertThat(response.getContentType()).isEqualTo("text/javascript;charset=UTF-8");
	}

	@Test
	void theScriptForOtherPagesIsAskedForAgain() throws Exception {
		assertThat(get("/assets/bemi-history.js").getHeader("Cache-Control")).isEqualTo("no-cache");
	}

	@Test
	void isCompressedWhereThatIsWelcome() throws Exception {
		MockHttpServletResponse response = get("/assets/index-Ab3dEf_9.js", "Accept-Encoding", "br, gzip");
		assertThat(response.getHeader("Content-Encoding")).isEqualTo("gzip");
		assertThat(response.getHeader("Vary")).isEqualTo("Accept-Encoding");
		assertThat(new GZIPInputStream(new ByteArrayInputStream(response.getContentAsByteArray())).readAllBytes())
			.asString(StandardCharsets.UTF_8)
			.isEqualTo(get("/assets/index-Ab3dEf_9.js").getContentAsString());
		assertThat(get("/assets/index-Ab3dEf_9.js", "Accept-Encoding", "gzip;q=0").getHeader("Content-Encoding"))
			.isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/assets/none.js", "/assets/", "/assets/../index.html", "/assets/../../openapi.json",
			"/../openapi.json", "/assets//x.js", "/assets/.hidden.js", "/a/../../openapi.json", "/..\\openapi.json",
			"/assets/sub/x.js", "//openapi.json" })
	void nothingElseIsServed(String path) {
		assertThatExceptionOfType(Problem.class).isThrownBy(() -> get(path))
			.satisfies((problem) -> assertThat(problem.status()).isEqualTo(404));
	}

	@Test
	void withoutPageThereIsNone() {
		assertThatExceptionOfType(Problem.class).isThrownBy(() -> new PageResources("io/bemi/nowhere/").serve("",
				"/bemi", new MockHttpServletRequest(), new MockHttpServletResponse()));
	}

}

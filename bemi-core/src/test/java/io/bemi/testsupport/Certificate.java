package io.bemi.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

import org.springframework.util.FileSystemUtils;

/**
 * A certificate that signs itself, made by the JDK's keytool.
 *
 * @param folder where its files are
 */
public record Certificate(Path folder) implements AutoCloseable {

	private static final String PASSWORD = "changeit";

	/**
	 * Makes one.
	 * @param host the name of the host that it is for
	 */
	public static Certificate of(String host) throws IOException, InterruptedException, GeneralSecurityException {
		Path folder = Files.createTempDirectory("certificate");
		Path store = folder.resolve("store.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + host,
				"-ext", "SAN=dns:" + host, "-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD,
				"-keystore", store.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (keytool.waitFor() != 0) {
			throw new IOException(output);
		}
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream content = Files.newInputStream(store)) {
			keys.load(content, PASSWORD.toCharArray());
		}
		Certificate certificate = new Certificate(folder);
		Files.createFile(certificate.key(),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		write(certificate.key(), "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
		write(certificate.file(), "CERTIFICATE", keys.getCertificate("server").getEncoded());
		return certificate;
	}

	private static void write(Path file, String what, byte[] content) throws IOException {
		Files.writeString(file,
				"-----BEGIN " + what + "-----\n"
						+ Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content) + "\n-----END " + what
						+ "-----\n");
	}

	/**
	 * The certificate, which is also its own authority.
	 */
	public Path file() {
		return this.folder.resolve("server.crt");
	}

	/**
	 * Its key.
	 */
	public Path key() {
		return this.folder.resolve("server.key");
	}

	@Override
	public void close() throws IOException {
		FileSystemUtils.deleteRecursively(this.folder);
	}

}

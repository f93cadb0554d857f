package ai.rails.standin.s3;

import java.util.Map;

import ai.rails.standin.Response;

/// A refusal in S3's words.
final class S3Error extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  S3Error(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  Response response() {
    String body =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>%s</Code><Message>%s</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>\
        """
            .formatted(code, Xml.text(String.valueOf(getMessage())));
    return new Response(status, Map.of("Content-Type", "application/xml"), body, code);
  }
}

/// S3, as much of it as the connector uses, and as strict about signatures.
@NullMarked
package ai.rails.standin.s3;

import org.jspecify.annotations.NullMarked;

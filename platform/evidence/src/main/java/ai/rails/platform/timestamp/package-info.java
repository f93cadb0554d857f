/// RFC 3161 time stamps: a client for any authority, and a local one for development.
@NullMarked
package ai.rails.platform.timestamp;

import org.jspecify.annotations.NullMarked;

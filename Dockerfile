# `qc emulator` alone in an image: one static binary, nothing else.
#
#   docker build -t qc-emulator .
#   docker run --rm -p 127.0.0.1:5612:5612 qc-emulator
#
# Clients take http://127.0.0.1:5612/api/v2 and the credentials below, which are worth nothing anywhere else.
FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY . .
# A C library of its own in it: there is none in the image.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
    && cargo build --profile dist --locked --package qc-cli --target "$target" \
    && cp "target/$target/dist/qc" /qc

FROM scratch
COPY --from=build /qc /qc
ENV QUANTCONNECT_USER_ID=1 QUANTCONNECT_API_TOKEN=emulated
EXPOSE 5612
USER 65534:65534
HEALTHCHECK --interval=5s --timeout=3s CMD ["/qc", "whoami", "--quiet", "--base-url", "http://127.0.0.1:5612/api/v2"]
# Inside of a container every address is the container's own; what reaches it is for `docker run -p` to say.
ENTRYPOINT ["/qc", "emulator", "--listen", "0.0.0.0", "--expose", "--port", "5612"]

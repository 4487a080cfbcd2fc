# The image: the static executable of ./dev package, whom it trusts, and nothing else. See docs/local-stack.md.
#
#   docker build --tag kinesis-handler .

# Only for docker-compose.yml: a Kinesis of one's own.
FROM node:22-bookworm-slim AS kinesis
WORKDIR /kinesis
RUN npm install --ignore-scripts --no-audit --no-fund --loglevel=error kinesis-local@0.6.2
# It reads files of its own folder.
WORKDIR /kinesis/node_modules/kinesis-local
USER node
CMD ["node", "main.js"]

FROM debian:bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates
WORKDIR /source
COPY . .
RUN ./dev package --arch "$(uname -m | sed s/aarch64/arm64/)" && \
    mv build/package/bootstrap* build/kinesis-handler

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/build/kinesis-handler /kinesis-handler
USER 65532:65532
ENTRYPOINT ["/kinesis-handler"]

# Matinee in one image: the front door, the services, the boxes and the encoders, as `matinee up` starts them.
#   docker build -t matinee:0.3.0 .
# Every command here is one of the Makefile's; deploy/ says how to run it.

FROM node:20.19-bookworm-slim AS web
WORKDIR /build/web
# First what the lock names, so that a change of ours does not fetch it anew.
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY web ./
RUN npm run build --silent

FROM python:3.11-slim-bookworm AS contracts
WORKDIR /build
COPY requirements-dev.lock ./
# protoc and its plugins are tools of development: they stay in this stage.
RUN python -m venv /opt/tools && /opt/tools/bin/python -m pip install --quiet --no-cache-dir --require-hashes -r requirements-dev.lock
COPY contracts contracts
COPY src src
RUN /opt/tools/bin/python contracts/generate.py

FROM python:3.11-slim-bookworm AS venv
COPY requirements-region.lock ./
# A venv moves to the next stage whole, and pip stays behind.
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python install --quiet --no-cache-dir --require-hashes -r requirements-region.lock

FROM python:3.11-slim-bookworm
# tini: PID 1 that reaps what an encoder leaves and passes SIGTERM on. curl: asks a unix socket whether a process is well.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends curl tini && rm -rf /var/lib/apt/lists/*
# The same number as in the manifests; nobody in the image is called anything that has rights elsewhere.
RUN groupadd --gid 10001 matinee && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin matinee \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/matinee /var/lib/matinee-shared /run/keys
COPY --from=venv /opt/venv /opt/venv
COPY --from=contracts /build/src /opt/matinee/src
COPY --from=web /build/web/dist /opt/matinee/web/dist
COPY topology /opt/matinee/topology
COPY LICENSE /opt/matinee/LICENSE
COPY --chmod=0755 deploy/start /opt/matinee/deploy/start
# Code and web app are found beside each other, as in the repository. Python writes nothing: the root may be read only.
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/opt/matinee/src PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME ["/var/lib/matinee"]
EXPOSE 8080 8081 8082
# Asked of the door, all the way to a box. A worker has no door: what runs one asks its socket instead (deploy/compose.yaml).
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "--max-time", "4", "http://127.0.0.1:8080/ready"]
ENTRYPOINT ["tini", "--", "/opt/matinee/deploy/start"]
CMD ["up", "--state", "/var/lib/matinee/state", "--host", "0.0.0.0"]

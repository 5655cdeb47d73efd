# syntax=docker/dockerfile:1

# Builds the wheel with the tools of the dev lock; nothing of this stage but the wheel is kept.
FROM python:3.11-slim AS wheel
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements-dev.lock ./
RUN python -m venv /opt/tools && /opt/tools/bin/pip install --require-hashes -r requirements-dev.lock
COPY pyproject.toml README.md ./
COPY api api
COPY domain domain
COPY migrations migrations
RUN /opt/tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .

# Installs exactly what is locked, then ourselves.
FROM python:3.11-slim AS environment
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/attune
COPY requirements.lock ./
RUN /opt/attune/bin/pip install --require-hashes -r requirements.lock
COPY --from=wheel /wheel /wheel
RUN /opt/attune/bin/pip install --no-deps /wheel/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/attune attune
COPY --from=environment /opt/attune /opt/attune
ENV PATH=/opt/attune/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ATTUNE_MODE=production
WORKDIR /var/lib/attune
USER attune
EXPOSE 8000
# Handed in when the container starts, never built in: ATTUNE_DATABASE_URL (the service's login), ATTUNE_MAIL_URL and
# the keys the README names. `attune migrate`, with ATTUNE_MIGRATION_DATABASE_URL, runs before the new version serves.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2).close()"]
CMD ["attune", "serve", "--host", "0.0.0.0"]

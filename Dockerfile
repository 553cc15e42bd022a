# One image for `threadline serve`, `threadline worker` and `threadline migrate`.
# Postgres and Redis are not in it: DATABASE_URL and REDIS_URL name them.

FROM python:3.12-slim AS packages

COPY requirements-docker.lock /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-compile --require-hashes \
        -r /requirements-docker.lock \
    && /venv/bin/pip uninstall --yes pip
COPY locales /locales
RUN /venv/bin/pybabel compile -d /locales


FROM python:3.12-slim

RUN useradd --system --no-create-home --shell /usr/sbin/nologin threadline
COPY --from=packages /venv /venv
WORKDIR /srv/threadline
COPY app app
COPY workers workers
COPY migrations migrations
COPY alembic.ini LICENSE ./
COPY --from=packages /locales locales
# The checkout is the package: migrations/ and locales/ lie beside app/.
RUN echo /srv/threadline > "$(/venv/bin/python -c \
        'import sysconfig; print(sysconfig.get_path("purelib"))')/threadline.pth" \
    && printf '%s\n' '#!/venv/bin/python' 'import sys' 'from app.cli import main' \
        'sys.exit(main())' > /venv/bin/threadline \
    && chmod +x /venv/bin/threadline \
    && /venv/bin/python -m compileall -q app workers migrations

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000
USER threadline
EXPOSE 8000
# The worker's compose service switches this off: it listens nowhere.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; \
urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["threadline", "serve"]

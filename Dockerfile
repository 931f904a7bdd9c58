# One image for every service of Galen; compose gives each its command.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev
COPY . .
RUN node_modules/.bin/tsc --noCheck && npm prune --omit=dev && npm cache clean --force

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# What runs, and what it reads: compiled code, SQL, the ABI and bytecode, the SDL, the model's weights.
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
COPY --from=build --chown=root:root /app/schema ./schema
COPY --from=build --chown=root:root /app/ml-model/weights ./ml-model/weights
# The folder that the deploy script shares with the services.
RUN install -d -o node -g node /deployments
USER node
CMD ["node", "--max-old-space-size=512", "dist/api/main.js"]

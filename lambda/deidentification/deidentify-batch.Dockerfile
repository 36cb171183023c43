# The program of the container that de-identifies one large file. Beside this recipe stand the bundle and the part of the
# configuration that it reads; nothing is installed.
FROM public.ecr.aws/docker/library/node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /task
COPY index.js configuration.json ./
USER node
CMD ["node", "index.js"]

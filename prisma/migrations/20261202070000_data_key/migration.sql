-- CreateTable
CREATE TABLE "data_key" (
    "id" TEXT NOT NULL,
    "canary" TEXT NOT NULL,

    CONSTRAINT "data_key_pkey" PRIMARY KEY ("id")
);

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'FINANCE', 'EXECUTIVE', 'AUDITOR', 'ADMIN', 'SERVICE');

-- CreateEnum
CREATE TYPE "CustomerKind" AS ENUM ('INDIVIDUAL', 'INSTITUTION', 'INTERNAL');

-- CreateEnum
CREATE TYPE "CustomerStage" AS ENUM ('POTENTIAL', 'FORMAL', 'KEY', 'SPECIAL', 'LAPSED');

-- CreateEnum
CREATE TYPE "SlaState" AS ENUM ('NONE', 'ON_TRACK', 'AT_RISK', 'BREACHED');

-- CreateEnum
CREATE TYPE "TicketStatus" AS ENUM ('NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING_ON_CUSTOMER', 'RESOLVED', 'CLOSED');

-- CreateEnum
CREATE TYPE "TicketEventKind" AS ENUM ('OPENED', 'ACKNOWLEDGED', 'ASSIGNED', 'COMMENTED', 'WAITING', 'RESUMED', 'ESCALATED', 'RESOLVED', 'CALLED_BACK', 'CLOSED', 'REOPENED', 'POLICY_APPLIED', 'UPDATED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "ClockMetric" AS ENUM ('FIRST_RESPONSE', 'RESOLUTION', 'NEXT_UPDATE', 'FULFILMENT', 'CALLBACK');

-- CreateEnum
CREATE TYPE "ClockState" AS ENUM ('RUNNING', 'PAUSED', 'FULFILLED', 'BREACHED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "GradeState" AS ENUM ('ACTIVE', 'WATCH', 'ENDED');

-- CreateEnum
CREATE TYPE "GradeReason" AS ENUM ('ASSESSED', 'EXCEPTION', 'ANNUAL_LIST', 'MANUAL', 'DEMOTED', 'EXPIRED', 'CONSENT_WITHDRAWN');

-- CreateEnum
CREATE TYPE "Channel" AS ENUM ('PHONE', 'SMS', 'EMAIL', 'CHAT', 'WECHAT', 'VISIT', 'HALL', 'HOTLINE', 'LETTER', 'WEB', 'INTERNAL');

-- CreateEnum
CREATE TYPE "Direction" AS ENUM ('INBOUND', 'OUTBOUND');

-- CreateEnum
CREATE TYPE "Purpose" AS ENUM ('EXPLAIN', 'PUBLICISE', 'CARE', 'MEDIATE', 'SUGGEST', 'GUIDE', 'GREETING', 'RENEWAL', 'RECEPTION', 'SURVEY', 'FOLLOW_UP', 'OTHER');

-- CreateEnum
CREATE TYPE "PlanStatus" AS ENUM ('DRAFT', 'SUBMITTED', 'RETURNED', 'APPROVED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "TaskStatus" AS ENUM ('OPEN', 'DONE', 'SKIPPED', 'OVERDUE', 'CANCELLED');

-- CreateEnum
CREATE TYPE "TaskOrigin" AS ENUM ('PLAN', 'CADENCE', 'CALLBACK', 'RENEWAL', 'BIRTHDAY', 'HOLIDAY', 'REVIEW', 'RESOLUTION', 'MANUAL');

-- CreateEnum
CREATE TYPE "AssessmentResult" AS ENUM ('IMPROVE', 'MAINTAIN', 'TERMINATE');

-- CreateEnum
CREATE TYPE "AssessmentStatus" AS ENUM ('PROPOSED', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED');

-- CreateEnum
CREATE TYPE "ApprovalState" AS ENUM ('PENDING', 'APPROVED', 'RETURNED', 'REJECTED', 'RATIFICATION_DUE');

-- CreateEnum
CREATE TYPE "Decision" AS ENUM ('APPROVE', 'RETURN', 'REJECT');

-- CreateEnum
CREATE TYPE "AlertKind" AS ENUM ('SLA_AT_RISK', 'SLA_BREACHED', 'SLA_FULFILLED_LATE', 'ACKNOWLEDGEMENT_EXPIRED', 'TASK_OVERDUE', 'APPROVAL_WAITING', 'GRADE_CHANGED', 'RENEWAL_DUE', 'COMPLAINT_SURGE', 'TARGET_MISSED', 'DATA_LEAK', 'POLICY_FAILED');

-- CreateEnum
CREATE TYPE "AlertSeverity" AS ENUM ('INFO', 'WARNING', 'CRITICAL');

-- CreateEnum
CREATE TYPE "GradingRunState" AS ENUM ('RUNNING', 'STOPPED', 'COMPLETED', 'FAILED');

-- CreateEnum
CREATE TYPE "ImprovementStatus" AS ENUM ('OPEN', 'DONE', 'CANCELLED');

-- CreateTable
CREATE TABLE "branch" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id" UUID,
    "policy_ids" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "branch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" "Role"[],
    "branch_id" UUID NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "nda_signed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "kind" "CustomerKind" NOT NULL,
    "stage" "CustomerStage" NOT NULL,
    "name" TEXT NOT NULL,
    "name_words" TEXT[],
    "branch_id" UUID NOT NULL,
    "manager_id" UUID,
    "birthday" DATE,
    "phone_sealed" TEXT,
    "phone_mask" TEXT,
    "phone_index" TEXT,
    "email_sealed" TEXT,
    "email_mask" TEXT,
    "email_index" TEXT,
    "id_number_sealed" TEXT,
    "id_number_mask" TEXT,
    "id_number_index" TEXT,
    "profile" JSONB,
    "vip_consent" BOOLEAN,
    "marketing_consent" BOOLEAN,
    "consent_at" TIMESTAMPTZ(3),
    "grade_id" UUID,
    "tier_code" TEXT,
    "tier_rank" INTEGER,
    "scheme_id" TEXT,
    "review_due_on" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "departed_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contact" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "influence" TEXT,
    "relationship" TEXT,
    "competitor_relationship" TEXT,
    "phone_sealed" TEXT,
    "phone_mask" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consent_decision" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "vip_service" BOOLEAN NOT NULL,
    "marketing" BOOLEAN NOT NULL,
    "evidence" TEXT,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "by_id" UUID NOT NULL,

    CONSTRAINT "consent_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "figure" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" DECIMAL(24,6) NOT NULL,
    "as_of" DATE NOT NULL,
    "source" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "figure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "current_figure" (
    "customer_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" DECIMAL(24,6) NOT NULL,
    "as_of" DATE NOT NULL,
    "source" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "current_figure_pkey" PRIMARY KEY ("customer_id","key")
);

-- CreateTable
CREATE TABLE "grade" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "scheme_id" TEXT NOT NULL,
    "tier_code" TEXT NOT NULL,
    "tier_rank" INTEGER NOT NULL,
    "state" "GradeState" NOT NULL,
    "reason" "GradeReason" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" DATE,
    "review_due_on" DATE,
    "ended_at" TIMESTAMPTZ(3),
    "ended_because" "GradeReason",
    "misses" INTEGER NOT NULL DEFAULT 0,
    "policy_version" TEXT NOT NULL,
    "assessment_id" UUID,
    "approval_id" UUID,

    CONSTRAINT "grade_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assessment" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "scheme_id" TEXT NOT NULL,
    "status" "AssessmentStatus" NOT NULL,
    "result" "AssessmentResult",
    "total" DECIMAL(24,6),
    "current_tier_code" TEXT,
    "proposed_tier_code" TEXT,
    "eligible" BOOLEAN NOT NULL,
    "indicators" JSONB NOT NULL,
    "reasons" JSONB NOT NULL,
    "next_tier" JSONB,
    "missing_metrics" TEXT[],
    "remarks" TEXT,
    "assessed_by_id" UUID NOT NULL,
    "assessed_at" TIMESTAMPTZ(3) NOT NULL,
    "policy_version" TEXT NOT NULL,
    "approval_id" UUID,
    "run_id" UUID,

    CONSTRAINT "assessment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_setting" (
    "policy_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "parameters" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_setting_pkey" PRIMARY KEY ("policy_id")
);

-- CreateTable
CREATE TABLE "policy_version" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "by_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grading_run" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "scheme_id" TEXT,
    "state" "GradingRunState" NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "promoted" INTEGER NOT NULL DEFAULT 0,
    "demoted" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cursor" UUID,
    "policy_version" TEXT NOT NULL,
    "started_by_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "grading_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "interaction" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "channel" "Channel" NOT NULL,
    "purpose" "Purpose" NOT NULL,
    "direction" "Direction" NOT NULL,
    "happened_at" TIMESTAMPTZ(3) NOT NULL,
    "summary" TEXT NOT NULL,
    "needs" TEXT,
    "place" TEXT,
    "signed_by_customer" BOOLEAN,
    "satisfaction" INTEGER,
    "ticket_id" UUID,
    "task_id" UUID,
    "staff_id" UUID NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "interaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "maintenance_plan" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "status" "PlanStatus" NOT NULL,
    "objective" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "budget" DECIMAL(20,2) NOT NULL,
    "spent" DECIMAL(20,2) NOT NULL DEFAULT 0,
    "currency" TEXT NOT NULL DEFAULT 'CNY',
    "owner_id" UUID NOT NULL,
    "summary" TEXT,
    "approval_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "maintenance_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_measure" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "way" "Channel" NOT NULL,
    "measure" TEXT NOT NULL,
    "assignee_id" UUID,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "budget" DECIMAL(20,2),
    "status" "TaskStatus" NOT NULL DEFAULT 'OPEN',

    CONSTRAINT "plan_measure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "customer_id" UUID,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "title" JSONB NOT NULL,
    "origin" "TaskOrigin" NOT NULL,
    "status" "TaskStatus" NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "next_fire_at" TIMESTAMPTZ(3),
    "purpose" "Purpose" NOT NULL,
    "channel" "Channel",
    "assignee_id" UUID,
    "plan_id" UUID,
    "measure_id" UUID,
    "ticket_id" UUID,
    "outcome" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" "ApprovalState" NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "subject_type" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "request" JSONB,
    "requested_by_id" UUID NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT,
    "amount" DECIMAL(20,2),
    "currency" TEXT,
    "one_by_one" BOOLEAN NOT NULL DEFAULT false,
    "awaiting_role" "Role",
    "awaiting_branch_id" UUID,
    "ratify_by" TIMESTAMPTZ(3),
    "policy_version" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_step" (
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "role" "Role" NOT NULL,
    "branch_id" UUID,
    "decision" "Decision",
    "decided_by_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "comment" TEXT,

    CONSTRAINT "approval_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ticket" (
    "id" UUID NOT NULL,
    "serial" SERIAL NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "external_number" TEXT,
    "type" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "case_code" TEXT,
    "subject" TEXT NOT NULL,
    "description" TEXT,
    "channel" "Channel" NOT NULL,
    "status" "TicketStatus" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "appointment_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "resolution" TEXT,
    "root_cause" TEXT,
    "first_receiver_id" UUID NOT NULL,
    "owner_id" UUID,
    "assignee_id" UUID,
    "sla_state" "SlaState" NOT NULL DEFAULT 'NONE',
    "next_due_at" TIMESTAMPTZ(3),
    "tier_code" TEXT,
    "tier_rank" INTEGER,
    "fallback" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "ticket_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ticket_event" (
    "id" UUID NOT NULL,
    "ticket_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "TicketEventKind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by_id" UUID,
    "text" TEXT,
    "from" TEXT,
    "to" TEXT,
    "is_public" BOOLEAN NOT NULL DEFAULT false,
    "pause_reason" TEXT,
    "appointment_at" TIMESTAMPTZ(3),
    "promises" JSONB,

    CONSTRAINT "ticket_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sla_clock" (
    "id" UUID NOT NULL,
    "ticket_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "tier_rank" INTEGER,
    "metric" "ClockMetric" NOT NULL,
    "cycle" INTEGER NOT NULL,
    "label" JSONB NOT NULL,
    "because" JSONB NOT NULL,
    "state" "ClockState" NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "target_ms" BIGINT NOT NULL,
    "paused_at" TIMESTAMPTZ(3),
    "fulfilled_at" TIMESTAMPTZ(3),
    "breached_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "counted_ms" BIGINT NOT NULL,
    "counting_from" TIMESTAMPTZ(3),
    "at_risk" BOOLEAN NOT NULL DEFAULT false,
    "fire_at" TIMESTAMPTZ(3)[],
    "fire_percent" DOUBLE PRECISION[],
    "next_fire_at" TIMESTAMPTZ(3),
    "warn_at_percent" DOUBLE PRECISION[],
    "calendar_key" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "audience" "Role"[],
    "policy_version" TEXT NOT NULL,

    CONSTRAINT "sla_clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_version" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "calendar_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "definition" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "by_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calendar_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "pos" BIGINT,
    "kind" "AlertKind" NOT NULL,
    "severity" "AlertSeverity" NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "message" JSONB NOT NULL,
    "audience" "Role"[],
    "assignee_id" UUID,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "ticket_id" UUID,
    "clock_id" UUID,
    "task_id" UUID,
    "approval_id" UUID,
    "tier_rank" INTEGER,
    "acknowledged_by_id" UUID,
    "acknowledged_at" TIMESTAMPTZ(3),
    "note" TEXT,
    "acknowledgement_expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_head" (
    "id" INTEGER NOT NULL,
    "pos" BIGINT NOT NULL,
    "epoch" TEXT NOT NULL,

    CONSTRAINT "alert_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "survey_response" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "ticket_id" UUID,
    "topic" TEXT NOT NULL,
    "score" INTEGER NOT NULL,
    "comment" TEXT,
    "channel" "Channel" NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "improvement_id" UUID,

    CONSTRAINT "survey_response_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "improvement_measure" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "finding" TEXT NOT NULL,
    "measure" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "due_on" DATE NOT NULL,
    "status" "ImprovementStatus" NOT NULL,
    "effect" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "improvement_measure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT,
    "policy_id" TEXT,
    "branch_id" UUID,
    "customer_id" UUID,
    "reason" TEXT,
    "changes" JSONB NOT NULL,
    "request_id" TEXT,
    "seq" BIGINT,
    "hash" TEXT,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "actor_id" UUID NOT NULL,
    "mutation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "result_type" TEXT,
    "result" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("actor_id","mutation","key")
);

-- CreateTable
CREATE TABLE "job_run" (
    "job" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("job","scope","due_at")
);

-- CreateIndex
CREATE UNIQUE INDEX "branch_code_key" ON "branch"("code");

-- CreateIndex
CREATE INDEX "branch_parent_id_idx" ON "branch"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "staff_number_key" ON "staff"("number");

-- CreateIndex
CREATE INDEX "staff_branch_id_idx" ON "staff"("branch_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_grade_id_key" ON "customer"("grade_id");

-- CreateIndex
CREATE INDEX "customer_policy_id_branch_id_id_idx" ON "customer"("policy_id", "branch_id", "id");

-- CreateIndex
CREATE INDEX "customer_policy_id_tier_rank_id_idx" ON "customer"("policy_id", "tier_rank" DESC, "id");

-- CreateIndex
CREATE INDEX "customer_branch_id_id_idx" ON "customer"("branch_id", "id");

-- CreateIndex
CREATE INDEX "customer_manager_id_idx" ON "customer"("manager_id");

-- CreateIndex
CREATE INDEX "customer_review_due_on_idx" ON "customer"("review_due_on");

-- CreateIndex
CREATE INDEX "customer_name_id_idx" ON "customer"("name", "id");

-- CreateIndex
CREATE INDEX "customer_name_words_idx" ON "customer" USING GIN ("name_words");

-- CreateIndex
CREATE INDEX "customer_phone_index_idx" ON "customer"("phone_index");

-- CreateIndex
CREATE INDEX "customer_email_index_idx" ON "customer"("email_index");

-- CreateIndex
CREATE INDEX "customer_id_number_index_idx" ON "customer"("id_number_index");

-- CreateIndex
CREATE UNIQUE INDEX "customer_policy_id_number_key" ON "customer"("policy_id", "number");

-- CreateIndex
CREATE INDEX "contact_customer_id_idx" ON "contact"("customer_id");

-- CreateIndex
CREATE INDEX "consent_decision_customer_id_decided_at_idx" ON "consent_decision"("customer_id", "decided_at");

-- CreateIndex
CREATE INDEX "figure_customer_id_key_as_of_recorded_at_idx" ON "figure"("customer_id", "key", "as_of" DESC, "recorded_at" DESC);

-- CreateIndex
CREATE INDEX "grade_customer_id_since_id_idx" ON "grade"("customer_id", "since" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "grade_assessment_id_idx" ON "grade"("assessment_id");

-- CreateIndex
CREATE INDEX "grade_policy_id_scheme_id_tier_code_idx" ON "grade"("policy_id", "scheme_id", "tier_code");

-- CreateIndex
CREATE INDEX "assessment_customer_id_assessed_at_id_idx" ON "assessment"("customer_id", "assessed_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "assessment_run_id_idx" ON "assessment"("run_id");

-- CreateIndex
CREATE INDEX "assessment_approval_id_idx" ON "assessment"("approval_id");

-- CreateIndex
CREATE INDEX "policy_version_policy_id_at_idx" ON "policy_version"("policy_id", "at");

-- CreateIndex
CREATE INDEX "grading_run_policy_id_started_at_idx" ON "grading_run"("policy_id", "started_at");

-- CreateIndex
CREATE INDEX "interaction_customer_id_happened_at_id_idx" ON "interaction"("customer_id", "happened_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "interaction_ticket_id_idx" ON "interaction"("ticket_id");

-- CreateIndex
CREATE INDEX "interaction_task_id_idx" ON "interaction"("task_id");

-- CreateIndex
CREATE INDEX "maintenance_plan_customer_id_created_at_id_idx" ON "maintenance_plan"("customer_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "maintenance_plan_approval_id_idx" ON "maintenance_plan"("approval_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_measure_plan_id_position_key" ON "plan_measure"("plan_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "task_key_key" ON "task"("key");

-- CreateIndex
CREATE UNIQUE INDEX "task_measure_id_key" ON "task"("measure_id");

-- CreateIndex
CREATE INDEX "task_assignee_id_status_due_at_idx" ON "task"("assignee_id", "status", "due_at");

-- CreateIndex
CREATE INDEX "task_customer_id_status_due_at_idx" ON "task"("customer_id", "status", "due_at");

-- CreateIndex
CREATE INDEX "task_policy_id_branch_id_status_due_at_idx" ON "task"("policy_id", "branch_id", "status", "due_at");

-- CreateIndex
CREATE INDEX "task_next_fire_at_idx" ON "task"("next_fire_at") WHERE (next_fire_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "task_plan_id_idx" ON "task"("plan_id");

-- CreateIndex
CREATE INDEX "task_ticket_id_idx" ON "task"("ticket_id");

-- CreateIndex
CREATE INDEX "approval_policy_id_branch_id_state_requested_at_idx" ON "approval"("policy_id", "branch_id", "state", "requested_at");

-- CreateIndex
CREATE INDEX "approval_awaiting_role_awaiting_branch_id_state_idx" ON "approval"("awaiting_role", "awaiting_branch_id", "state");

-- CreateIndex
CREATE INDEX "approval_customer_id_idx" ON "approval"("customer_id");

-- CreateIndex
CREATE INDEX "approval_subject_id_idx" ON "approval"("subject_id");

-- CreateIndex
CREATE INDEX "approval_requested_by_id_idx" ON "approval"("requested_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_step_approval_id_position_key" ON "approval_step"("approval_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_serial_key" ON "ticket"("serial");

-- CreateIndex
CREATE INDEX "ticket_customer_id_status_idx" ON "ticket"("customer_id", "status");

-- CreateIndex
CREATE INDEX "ticket_customer_id_opened_at_id_idx" ON "ticket"("customer_id", "opened_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "ticket_policy_id_branch_id_status_idx" ON "ticket"("policy_id", "branch_id", "status");

-- CreateIndex
CREATE INDEX "ticket_next_due_at_id_idx" ON "ticket"("next_due_at", "id") WHERE (status <> 'CLOSED');

-- CreateIndex
CREATE INDEX "ticket_sla_state_next_due_at_id_idx" ON "ticket"("sla_state", "next_due_at", "id") WHERE (status <> 'CLOSED');

-- CreateIndex
CREATE INDEX "ticket_opened_at_id_idx" ON "ticket"("opened_at", "id");

-- CreateIndex
CREATE INDEX "ticket_assignee_id_status_idx" ON "ticket"("assignee_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_policy_id_external_number_key" ON "ticket"("policy_id", "external_number");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_event_ticket_id_position_key" ON "ticket_event"("ticket_id", "position");

-- CreateIndex
CREATE INDEX "sla_clock_next_fire_at_idx" ON "sla_clock"("next_fire_at") WHERE (next_fire_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "sla_clock_policy_id_branch_id_state_metric_idx" ON "sla_clock"("policy_id", "branch_id", "state", "metric");

-- CreateIndex
CREATE INDEX "sla_clock_customer_id_idx" ON "sla_clock"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "sla_clock_ticket_id_metric_cycle_key" ON "sla_clock"("ticket_id", "metric", "cycle");

-- CreateIndex
CREATE UNIQUE INDEX "calendar_version_policy_id_calendar_id_version_key" ON "calendar_version"("policy_id", "calendar_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "alert_dedupe_key_key" ON "alert"("dedupe_key");

-- CreateIndex
CREATE UNIQUE INDEX "alert_pos_key" ON "alert"("pos");

-- CreateIndex
CREATE INDEX "alert_unnumbered_idx" ON "alert"("id") WHERE (pos IS NULL);

-- CreateIndex
CREATE INDEX "alert_policy_id_branch_id_pos_idx" ON "alert"("policy_id", "branch_id", "pos" DESC);

-- CreateIndex
CREATE INDEX "alert_customer_id_pos_idx" ON "alert"("customer_id", "pos");

-- CreateIndex
CREATE INDEX "alert_ticket_id_idx" ON "alert"("ticket_id");

-- CreateIndex
CREATE INDEX "alert_acknowledgement_expires_at_idx" ON "alert"("acknowledgement_expires_at") WHERE (acknowledgement_expires_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "survey_response_customer_id_submitted_at_idx" ON "survey_response"("customer_id", "submitted_at");

-- CreateIndex
CREATE INDEX "survey_response_policy_id_submitted_at_idx" ON "survey_response"("policy_id", "submitted_at");

-- CreateIndex
CREATE INDEX "survey_response_improvement_id_idx" ON "survey_response"("improvement_id");

-- CreateIndex
CREATE INDEX "improvement_measure_policy_id_status_idx" ON "improvement_measure"("policy_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_seq_key" ON "audit_entry"("seq");

-- CreateIndex
CREATE INDEX "audit_entry_customer_id_id_idx" ON "audit_entry"("customer_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_subject_id_id_idx" ON "audit_entry"("subject_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_actor_id_id_idx" ON "audit_entry"("actor_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_policy_id_branch_id_id_idx" ON "audit_entry"("policy_id", "branch_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_unsealed_idx" ON "audit_entry"("id") WHERE (seq IS NULL);

-- CreateIndex
CREATE INDEX "idempotency_key_at_idx" ON "idempotency_key"("at");

-- AddForeignKey
ALTER TABLE "branch" ADD CONSTRAINT "branch_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "branch"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff" ADD CONSTRAINT "staff_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "branch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "branch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_grade_id_fkey" FOREIGN KEY ("grade_id") REFERENCES "grade"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent_decision" ADD CONSTRAINT "consent_decision_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "figure" ADD CONSTRAINT "figure_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "current_figure" ADD CONSTRAINT "current_figure_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grade" ADD CONSTRAINT "grade_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grade" ADD CONSTRAINT "grade_assessment_id_fkey" FOREIGN KEY ("assessment_id") REFERENCES "assessment"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assessment" ADD CONSTRAINT "assessment_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assessment" ADD CONSTRAINT "assessment_assessed_by_id_fkey" FOREIGN KEY ("assessed_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assessment" ADD CONSTRAINT "assessment_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction" ADD CONSTRAINT "interaction_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction" ADD CONSTRAINT "interaction_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction" ADD CONSTRAINT "interaction_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "interaction" ADD CONSTRAINT "interaction_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_plan" ADD CONSTRAINT "maintenance_plan_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_plan" ADD CONSTRAINT "maintenance_plan_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_plan" ADD CONSTRAINT "maintenance_plan_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_measure" ADD CONSTRAINT "plan_measure_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "maintenance_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_measure" ADD CONSTRAINT "plan_measure_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "maintenance_plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_measure_id_fkey" FOREIGN KEY ("measure_id") REFERENCES "plan_measure"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_requested_by_id_fkey" FOREIGN KEY ("requested_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_step" ADD CONSTRAINT "approval_step_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_step" ADD CONSTRAINT "approval_step_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "branch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_first_receiver_id_fkey" FOREIGN KEY ("first_receiver_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_event" ADD CONSTRAINT "ticket_event_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_event" ADD CONSTRAINT "ticket_event_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sla_clock" ADD CONSTRAINT "sla_clock_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sla_clock" ADD CONSTRAINT "sla_clock_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "branch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_clock_id_fkey" FOREIGN KEY ("clock_id") REFERENCES "sla_clock"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_acknowledged_by_id_fkey" FOREIGN KEY ("acknowledged_by_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "survey_response" ADD CONSTRAINT "survey_response_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "survey_response" ADD CONSTRAINT "survey_response_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "survey_response" ADD CONSTRAINT "survey_response_improvement_id_fkey" FOREIGN KEY ("improvement_id") REFERENCES "improvement_measure"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "improvement_measure" ADD CONSTRAINT "improvement_measure_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

/* The send loop: one unit to all of its viewers in one call.
 *
 * For each viewer: header, encryption, and the packets to the kernel. libsrtp is the one inside
 * pylibsrtp: its srtp_protect comes as an address, so nothing needs to be linked. Packets of equal
 * size go to the kernel as one (UDP_SEGMENT), which cuts them apart; where a socket refuses that,
 * they go one by one in one system call (sendmmsg).
 */
#define PY_SSIZE_T_CLEAN
#define _GNU_SOURCE
#include <Python.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

#define LARGEST 1600  /* bytes of a packet with room for its encryption */
#define TRAILER 144   /* SRTP_MAX_TRAILER_LEN */
#define MOST 44       /* packets in one system call: below 64 KiB, and the kernel's 64 segments */
#define HEADER 200    /* bytes of a header with its extensions */

static int (*protect)(void *, void *, int *);
static unsigned char packets[(MOST + 1) * LARGEST];

static PyObject *bind_protect(PyObject *self, PyObject *args) {
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "K", &address)) return NULL;
    protect = (int (*)(void *, void *, int *))(uintptr_t)address;
    Py_RETURN_NONE;
}

/* ---- one kind of media to one viewer */

typedef struct {
    PyObject_HEAD
    void *srtp;
    int fd;
    socklen_t to_size;
    struct sockaddr_storage to;
    unsigned short sequence;
    unsigned long long packets, octets, dropped;
    int header_size, stamp_at;
    char segments; /* whether the kernel cuts packets apart for us on the way to this viewer */
    unsigned char header[HEADER];
} Line;

/* Send `count` packets that lie one after the other; how many the kernel took. */
static int flush(Line *self, unsigned char *at, const int *sizes, int count) {
    struct iovec pieces[MOST];
    struct mmsghdr messages[MOST];
    void *to = &self->to;
    int total = 0;
    for (int i = 0; i < count; i++) total += sizes[i];
    if (count == 1)
        return sendto(self->fd, at, total, MSG_DONTWAIT, to, self->to_size) < 0 ? 0 : 1;
    if (self->segments) {
        struct iovec all = {at, total};
        union { char space[CMSG_SPACE(sizeof(uint16_t))]; struct cmsghdr align; } control;
        struct msghdr message = {to, self->to_size, &all, 1, control.space, sizeof control.space, 0};
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_UDP;
        head->cmsg_type = UDP_SEGMENT;
        head->cmsg_len = CMSG_LEN(sizeof(uint16_t));
        *(uint16_t *)CMSG_DATA(head) = (uint16_t)sizes[0];
        if (sendmsg(self->fd, &message, MSG_DONTWAIT) >= 0) return count;
        if (errno == EAGAIN || errno == ENOBUFS || errno == ECONNREFUSED) return 0;
        if (errno == EINVAL || errno == EIO || errno == ENOPROTOOPT || errno == EOPNOTSUPP)
            self->segments = 0; /* not on this kernel or device: never again */
    }
    for (int i = 0; i < count; i++) {
        pieces[i] = (struct iovec){at, sizes[i]};
        messages[i] = (struct mmsghdr){.msg_hdr = {to, self->to_size, &pieces[i], 1, NULL, 0, 0}};
        at += sizes[i];
    }
    int sent = sendmmsg(self->fd, messages, count, MSG_DONTWAIT);
    return sent < 0 ? 0 : sent;
}

static int line_init(Line *self, PyObject *args, PyObject *names) {
    unsigned long long srtp;
    const char *header;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "Ky#i", &srtp, &header, &size, &self->stamp_at)) return -1;
    if (size < 12 || size > HEADER || self->stamp_at + 3 > size) {
        PyErr_SetString(PyExc_ValueError, "not an RTP header");
        return -1;
    }
    self->srtp = (void *)(uintptr_t)srtp;
    self->fd = -1;
    self->segments = 1;
    self->header_size = (int)size;
    memcpy(self->header, header, size);
    return 0;
}

/* aim(fd, family, host, port): from now on that way. */
static PyObject *line_aim(Line *self, PyObject *args) {
    int fd, family, port;
    const char *host;
    if (!PyArg_ParseTuple(args, "iisi", &fd, &family, &host, &port)) return NULL;
    struct sockaddr_in *four = (struct sockaddr_in *)&self->to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&self->to;
    memset(&self->to, 0, sizeof self->to);
    self->to.ss_family = (sa_family_t)family;
    if (family == AF_INET && inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_port = htons(port);
        self->to_size = sizeof *four;
    } else if (family == AF_INET6 && inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_port = htons(port);
        self->to_size = sizeof *six;
    } else {
        PyErr_Format(PyExc_ValueError, "not a numeric address: %s", host);
        return NULL;
    }
    self->fd = fd;
    Py_RETURN_NONE;
}

/* All payloads to one viewer. The sequence number goes up by one a packet; a marker bit in the
 * header is kept for the last packet only. What the kernel does not take counts as dropped. */
static void line_send(Line *self, uint32_t timestamp, uint32_t stamp, PyObject *payloads) {
    int sizes[MOST], filled = 0, sent = 0, size = self->header_size;
    Py_ssize_t count = PyTuple_GET_SIZE(payloads);
    unsigned char *at = packets, *header = self->header;
    timestamp = htonl(timestamp);
    memcpy(header + 4, &timestamp, 4);
    if (self->stamp_at >= 0) {
        header[self->stamp_at] = (unsigned char)(stamp >> 16);
        header[self->stamp_at + 1] = (unsigned char)(stamp >> 8);
        header[self->stamp_at + 2] = (unsigned char)stamp;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *payload = PyTuple_GET_ITEM(payloads, i);
        int length = size + (int)PyBytes_GET_SIZE(payload);
        memcpy(at, header, size);
        memcpy(at + size, PyBytes_AS_STRING(payload), PyBytes_GET_SIZE(payload));
        if (i < count - 1) at[1] &= 0x7f;
        at[2] = (unsigned char)(self->sequence >> 8);
        at[3] = (unsigned char)self->sequence;
        self->sequence++;
        self->octets += PyBytes_GET_SIZE(payload);
        if (self->fd >= 0 && !protect(self->srtp, at, &length)) {
            /* A run ends before a packet of another size, and after a smaller one. */
            if (filled && (filled == MOST || length > sizes[0] || sizes[filled - 1] < sizes[0])) {
                sent += flush(self, packets, sizes, filled);
                memmove(packets, at, length);
                at = packets;
                filled = 0;
            }
            at += length;
            sizes[filled++] = length;
        }
    }
    if (filled) sent += flush(self, packets, sizes, filled);
    self->packets += count;
    self->dropped += count - sent;
}

static PyMethodDef line_methods[] = {
    {"aim", (PyCFunction)line_aim, METH_VARARGS, "aim(fd, family, host, port)"},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef line_members[] = {
    {"sequence", T_USHORT, offsetof(Line, sequence), 0, "of the next packet"},
    {"packets", T_ULONGLONG, offsetof(Line, packets), 0, "sent so far"},
    {"octets", T_ULONGLONG, offsetof(Line, octets), 0, "of payload sent so far"},
    {"dropped", T_ULONGLONG, offsetof(Line, dropped), 0, "packets that the kernel did not take"},
    {"segments", T_BOOL, offsetof(Line, segments), 0, "whether the kernel cuts packets apart"},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject line_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "idol.stream.native._sendloop.Line",
    .tp_doc = "Line(srtp session, header with extensions, where the time of sending stands or -1)",
    .tp_basicsize = sizeof(Line),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)line_init,
    .tp_methods = line_methods,
    .tp_members = line_members,
};

/* ---- all of them */

/* send(lines, timestamp, stamp, payloads): one unit to each line of a list. */
static PyObject *send_unit(PyObject *self, PyObject *args) {
    unsigned long timestamp, stamp;
    PyObject *lines, *payloads;
    if (!PyArg_ParseTuple(args, "O!kkO!", &PyList_Type, &lines, &timestamp, &stamp, &PyTuple_Type,
                          &payloads))
        return NULL;
    if (protect == NULL) {
        PyErr_SetString(PyExc_ValueError, "not bound");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(payloads); i++) {
        PyObject *payload = PyTuple_GET_ITEM(payloads, i);
        if (!PyBytes_Check(payload) || PyBytes_GET_SIZE(payload) + HEADER + TRAILER > LARGEST) {
            PyErr_SetString(PyExc_ValueError, "a payload is too large, or not bytes");
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = PyList_GET_ITEM(lines, i);
        if (!PyObject_TypeCheck(line, &line_type)) {
            PyErr_SetString(PyExc_TypeError, "not a Line");
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++)
        line_send((Line *)PyList_GET_ITEM(lines, i), (uint32_t)timestamp, (uint32_t)stamp,
                  payloads);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"bind", bind_protect, METH_VARARGS, "bind(address of srtp_protect)"},
    {"send", send_unit, METH_VARARGS, "send(lines, timestamp, stamp, payloads)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_sendloop", "Protects and sends RTP packets.", -1, methods,
    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__sendloop(void) {
    PyObject *made = PyType_Ready(&line_type) < 0 ? NULL : PyModule_Create(&module);
    if (made && PyModule_AddObjectRef(made, "Line", (PyObject *)&line_type) < 0) Py_CLEAR(made);
    return made;
}
